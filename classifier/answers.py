"""What an upload's probabilities say, in the order a person reads them."""

SHOWN_SIZE = (576, 448)  # CSS pixels at most


def shown_size(upload):
    """Return width and height of a picture on its page, known before it has loaded."""
    size = (upload.width, upload.height)
    scale = min(1, *(most / each for most, each in zip(SHOWN_SIZE, size, strict=True)))
    return tuple(max(1, round(each * scale)) for each in size)


def ranking(upload):
    """Return every class name with its probability, likeliest first."""
    pairs = zip(upload.class_names, upload.probabilities, strict=True)
    return sorted(pairs, key=lambda pair: pair[1], reverse=True)


def candidates(upload, enough=0.9):
    """Return the two or three likeliest: as many as together are probable `enough`."""
    likeliest = ranking(upload)[:3]
    two = sum(probability for _, probability in likeliest[:2])
    return likeliest[:2] if two >= enough else likeliest

"""The class names of Fashion-MNIST, in label order.

Source: Xiao, Rasul and Vollgraf 2017 (arXiv:1708.07747), table 2.
"""

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

/* Review mode: each key answers the picture in view, and the next one is there at once.

   Answers are sent one after another in the background. What the server does not take
   comes again as the next picture, never in place of the one in view. */
'use strict';
{
    const page = document.querySelector('.review');
    const form = page.querySelector('.review-form');
    const status = page.querySelector('.review-status');
    const strip = page.querySelector('.review-strip');
    const full = page.querySelector('.review-full');
    const keys = page.querySelector('.review-keys');
    const LOAD_BELOW = 12; // pictures left when the next ones are asked for
    const AHEAD = 4; // pictures whose previews are loaded before they are shown
    const IN_STRIP = 8;
    const PAUSES_S = [1, 2, 4, 8]; // before another attempt to send an answer
    const MAP_PAUSE_S = 2; // before a map is asked for again
    const MINUTE_MS = 60_000;

    const waiting = []; // items; the first is in view
    const known = new Set();
    const done = []; // {item}, the latest last
    const unsent = []; // {item, fields}, the first is on its way
    const answeredAt = [];
    let nextBatch = page.dataset.batch;
    const {dataset} = page;
    const left = 'left' in dataset && {
        left: Number(dataset.left),
        disputed: Number(dataset.disputed),
        unsure: Number(dataset.unsure),
    };
    let isLoading = false;
    let isSending = false;

    const field = (name) => page.querySelector(`[data-field="${name}"]`);
    const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

    function tell(text, name = '') {
        status.textContent = text.replace('{name}', name);
    }

    function fill(name, number) {
        const element = field(name);
        if (element) {
            element.textContent = number === null ? '' : element.dataset.text.replace('{n}', number);
        }
    }

    /* Add to what is left, of each kind that a picture is of. */
    function count(item, number) {
        if (left) {
            left.left += number;
            left.disputed += item.is_disputed ? number : 0;
            left.unsure += item.is_sure ? 0 : number;
        }
    }

    /* What is in view */

    function show() {
        const item = waiting[0];
        page.querySelector('.review-card').hidden = !item;
        field('end').hidden = Boolean(item || nextBatch);
        if (item) {
            showItem(item);
        }
        prepare();
        figures();
    }

    /* Show what comes after the picture in view, and load it before it is asked for. */
    function prepare() {
        strip.replaceChildren(...waiting.slice(1, 1 + IN_STRIP).map(thumbnail));
        for (const each of waiting.slice(1, 1 + AHEAD)) {
            each.loaded ??= Object.assign(new Image(), {src: each.preview});
        }
        if (waiting.length < LOAD_BELOW) {
            load();
        }
    }

    function showItem(item) {
        for (const name of ['name', 'percent', 'suggestion', 'file_name']) {
            field(name).textContent = item[name] ?? '';
        }
        field('unsure').hidden = item.is_sure;
        field('visitor').hidden = !item.suggestion;
        field('picture').href = item.picture;
        field('page').href = item.page;
        loadInto(field('preview'), item.preview);
        field('map-figure').hidden = !item.map;
        if (item.map) {
            loadInto(field('map'), item.map);
        }
        form.action = item.correct;
        form.seen.value = item.seen;
        form.querySelector('.review-right').value = item.class_name;
        showChoices(item);
    }

    /* The first picture is on its way already: asked for again, it would come later. */
    function loadInto(image, address) {
        if (image.getAttribute('src') !== address) {
            image.src = address;
        }
    }

    function showChoices(item) {
        const group = form.querySelector('.upload-choices');
        const buttons = item.choices.map((choice) => {
            const button = document.createElement('button');
            button.name = 'class_name';
            button.value = choice.class_name;
            button.dataset.answer = choice.key;
            if (choice.key) {
                button.append(Object.assign(document.createElement('kbd'), {textContent: choice.key}), ' ');
            }
            button.append(Object.assign(document.createElement('span'), {textContent: choice.name}));
            button.classList.toggle('is-guess', choice.class_name === item.class_name);
            return button;
        });
        group.replaceChildren(...buttons);
    }

    function thumbnail(item) {
        const place = document.createElement('li');
        place.append(Object.assign(new Image(56, 56), {src: item.thumbnail, alt: ''}));
        return place;
    }

    function figures() {
        const now = performance.now();
        while (answeredAt.length && answeredAt[0] < now - MINUTE_MS) {
            answeredAt.shift();
        }
        const span = Math.min(MINUTE_MS, now - (answeredAt[0] ?? now));
        fill('left', left ? Math.max(0, left.left) : null);
        fill('disputed', left ? Math.max(0, left.disputed) : null);
        fill('of-unsure', left ? Math.max(0, left.unsure) : null);
        fill('rate', answeredAt.length > 4 ? Math.round((answeredAt.length - 1) * MINUTE_MS / span) : null);
        fill('done', done.length || null);
        fill('saving', unsent.length || null);
    }

    /* The next pictures */

    async function load() {
        if (isLoading || !nextBatch) {
            return;
        }
        isLoading = true;
        try {
            const response = await fetch(nextBatch, {headers: {Accept: 'application/json'}});
            if (!response.ok || response.redirected) {
                throw new Error(response.status);
            }
            const batch = await response.json();
            const fresh = batch.items.filter((item) => !known.has(item.id));
            fresh.forEach((item) => known.add(item.id));
            const wasEmpty = waiting.length === 0;
            waiting.push(...fresh);
            nextBatch = batch.next;
            isLoading = false;
            if (wasEmpty) {
                show();
            } else {
                prepare();
            }
        } catch {
            tell(status.dataset.unread);
            await pause(5);
            isLoading = false;
            load();
        }
    }

    /* Answers */

    function answer(className) {
        const item = waiting.shift();
        if (!item) {
            return;
        }
        tell('');
        done.push({item});
        answeredAt.push(performance.now());
        count(item, -1);
        unsent.push({item, fields: {class_name: className}});
        send();
        show();
        page.focus({preventScroll: true});
    }

    function undo() {
        const last = done.pop();
        if (!last) {
            return;
        }
        const {item} = last;
        const index = unsent.findLastIndex((job) => job.item === item);
        if (index > (isSending ? 0 : -1)) {
            unsent.splice(index, 1); // nobody has heard of it
        } else {
            unsent.push({item, fields: {undo: 1}});
            send();
        }
        count(item, 1);
        answeredAt.pop();
        waiting.unshift(item);
        show();
    }

    function skip() {
        if (waiting.length > 1 || !nextBatch) {
            waiting.shift();
            show();
        }
    }

    async function send() {
        if (isSending) {
            return;
        }
        isSending = true;
        while (unsent.length) {
            const job = unsent[0];
            const problem = await attempt(job);
            unsent.shift();
            if (problem) {
                putBack(job.item, problem);
            }
            figures();
        }
        isSending = false;
    }

    async function attempt({item, fields}) {
        for (const seconds of [...PAUSES_S, null]) {
            try {
                const response = await post(item, fields);
                if (response.redirected) {
                    return status.dataset.signedOut;
                }
                if (response.status < 500 && response.status !== 429) {
                    const answer = await response.json();
                    item.seen = answer.seen ?? item.seen;
                    item.isGone = response.status === 409 && !('seen' in answer);
                    return response.ok ? '' : answer.problem || status.dataset.failed;
                }
            } catch {
                // no answer, or none that a script can read: once more
            }
            if (seconds !== null) {
                await pause(seconds);
            }
        }
        return status.dataset.failed;
    }

    function post(item, fields) {
        return fetch(item.correct, {
            method: 'POST',
            headers: {Accept: 'application/json', 'X-CSRFToken': form.csrfmiddlewaretoken.value},
            body: new URLSearchParams({...fields, seen: item.seen}),
        });
    }

    function putBack(item, problem) {
        tell(problem, `${item.name} (${item.file_name})`);
        const index = done.findLastIndex((each) => each.item === item);
        if (index >= 0) {
            done.splice(index, 1);
            count(item, 1);
        }
        if (!item.isGone && !waiting.includes(item)) {
            waiting.splice(1, 0, item);
        }
        show();
    }

    /* Keys and buttons */

    function toggle(dialog) {
        if (dialog.open) {
            dialog.close();
        } else {
            field('full').src = dialog === full ? waiting[0]?.picture ?? '' : '';
            dialog.showModal();
        }
    }

    const commands = {
        'u': undo,
        'j': skip,
        '?': () => toggle(keys),
        ' ': () => toggle(full),
        'Enter': () => waiting[0] && answer(waiting[0].class_name),
    };

    function pressed(key) {
        const choice = waiting[0]?.choices.find((each) => each.key && each.key === key);
        const command = choice ? () => answer(choice.class_name) : commands[key];
        command?.();
        return Boolean(command);
    }

    document.addEventListener('keydown', (event) => {
        const {key, target} = event;
        const isOnControl = target.matches('a, button, input') && (key === 'Enter' || key === ' ');
        if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isOnControl) {
            return;
        }
        const isOpen = full.open || keys.open;
        if (isOpen ? (key === ' ' && full.open || key === '?' && keys.open) && pressed(key) : pressed(key)) {
            event.preventDefault();
        }
    });

    form?.addEventListener('submit', (event) => {
        if (waiting.length) {
            event.preventDefault();
            answer(event.submitter.value);
        }
    });

    page.addEventListener('click', (event) => {
        const key = event.target.closest('[data-key]')?.dataset.key;
        if (key) {
            event.preventDefault();
            pressed(key);
        } else if (event.target.closest('.review-picture')) {
            event.preventDefault();
            toggle(full);
        } else if (event.target.closest('.review-full')) {
            full.close();
        }
    });

    window.addEventListener('beforeunload', (event) => {
        if (unsent.length) {
            event.preventDefault();
        }
    });

    if (form) {
        field('map').addEventListener('error', async () => {
            const item = waiting[0];
            field('map-figure').hidden = true;
            await pause(MAP_PAUSE_S); // the map of the picture before may be drawn yet
            if (item && item === waiting[0] && !item.isMapTried) {
                item.isMapTried = true;
                field('map-figure').hidden = false;
                field('map').src = item.map;
            }
        });
        page.querySelectorAll('[data-key][hidden]').forEach((button) => {
            button.hidden = false;
        });
        page.focus({preventScroll: true});
        load();
    }
}

/* Send pictures, folders and zips to a set of own classes, a few files a request. */
'use strict';
{
    const FILES = 20; // of a request
    const BYTES = 8 * 1024 * 1024; // of a request, and of a part of a zip
    const SHOWN = 50; // refusals that are listed
    const status = document.querySelector('.own-status');
    const list = document.querySelector('.own-refused');
    const {most, tooMany, progress, failed, done} = status.dataset;
    const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
    let isBusy = false;

    const isZip = ({file}) => /\.zip$/i.test(file.name);
    const text = (template, values) =>
        template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

    function* batches(items) {
        let batch = [];
        let bytes = 0;
        for (const item of items) {
            if (batch.length && (batch.length === FILES || bytes + item.file.size > BYTES)) {
                yield batch;
                batch = [];
                bytes = 0;
            }
            batch.push(item);
            bytes += item.file.size;
        }
        if (batch.length) {
            yield batch;
        }
    }

    async function send(fields, files) {
        const body = new FormData();
        body.append('csrfmiddlewaretoken', token);
        for (const [name, value] of fields) {
            body.append(name, value);
        }
        for (const {file, path} of files) {
            body.append('pictures', file, file.name || 'part.zip');
            body.append('paths', path);
        }
        const headers = {Accept: 'application/json'};
        const response = await fetch(status.dataset.address, {method: 'POST', body, headers});
        const answer = await response.json().catch(() => ({problem: failed}));
        if (!response.ok) {
            throw new Error(answer.problem || failed);
        }
        return answer;
    }

    async function sendZip({file}, ownClass) {
        const name = [...crypto.getRandomValues(new Uint8Array(16))]
            .map((byte) => byte.toString(16).padStart(2, '0')).join('');
        let answer;
        for (let offset = 0; offset === 0 || offset < file.size; offset += BYTES) {
            const part = new File([file.slice(offset, offset + BYTES)], 'part.zip');
            const fields = [['own_class', ownClass], ['token', name], ['offset', offset]];
            if (offset + BYTES >= file.size) {
                fields.push(['last', 'yes']);
            }
            status.textContent = text(progress, {
                n: Math.min(offset + BYTES, file.size) >> 20, total: file.size >> 20,
            }) + ' (MB)';
            answer = await send(fields, [{file: part, path: file.name}]);
        }
        return answer;
    }

    function refuse(name, sentence) {
        if (list.children.length < SHOWN) {
            const item = document.createElement('li');
            item.textContent = name ? `${name}: ${sentence}` : sentence;
            list.append(item);
        }
    }

    async function sendAll(items, ownClass) {
        list.replaceChildren();
        if (items.length > Number(most)) {
            refuse('', text(tooMany, {n: items.length}));
            return;
        }
        let added = 0;
        let sent = 0;
        const take = (answer) => {
            added += answer.new;
            answer.refused.forEach((each) => refuse(...each));
        };
        const pictures = items.filter((item) => !isZip(item));
        for (const zip of items.filter(isZip)) {
            await sendZip(zip, ownClass).then(take, (error) => refuse(zip.file.name, error.message));
        }
        for (const batch of batches(pictures)) {
            await send([['own_class', ownClass]], batch)
                .then(take, (error) => refuse(batch[0].path, error.message));
            sent += batch.length;
            status.textContent = text(progress, {n: sent, total: pictures.length});
        }
        status.textContent = text(done, {n: added});
        if (!list.children.length) {
            location.reload();
        } else if (added) {
            document.querySelector('.own-again').hidden = false;
        }
    }

    async function start(items, ownClass) {
        if (isBusy || !items.length) {
            return;
        }
        isBusy = true;
        await sendAll(items, ownClass);
        isBusy = false;
    }

    /* Dropped folders are read to their last file; hidden files are left out. */
    async function filesOf(entry, path) {
        if (entry.name.startsWith('.')) {
            return [];
        }
        if (entry.isFile) {
            const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
            return [{file, path: path + entry.name}];
        }
        const reader = entry.createReader();
        const found = [];
        for (;;) {
            const some = await new Promise((resolve, reject) =>
                reader.readEntries(resolve, reject));
            if (!some.length || found.length > Number(most)) {
                return found;
            }
            for (const each of some) {
                found.push(...await filesOf(each, `${path}${entry.name}/`));
            }
        }
    }

    for (const zone of document.querySelectorAll('.own-drop')) {
        const {ownClass} = zone.dataset;
        for (const input of zone.querySelectorAll('[type=file]')) {
            input.addEventListener('change', () => {
                const items = [...input.files].map((file) =>
                    ({file, path: file.webkitRelativePath || file.name}))
                    .filter(({file}) => !file.name.startsWith('.'));
                start(items, ownClass);
                input.value = '';
            });
        }
        zone.addEventListener('dragover', (event) => {
            event.preventDefault();
            zone.classList.add('is-over');
        });
        zone.addEventListener('dragleave', () => zone.classList.remove('is-over'));
        zone.addEventListener('drop', async (event) => {
            event.preventDefault();
            zone.classList.remove('is-over');
            const entries = [...event.dataTransfer.items]
                .map((item) => item.webkitGetAsEntry()).filter(Boolean);
            const found = await Promise.all(entries.map((entry) => filesOf(entry, '')));
            start(found.flat(), ownClass);
        });
    }
    document.querySelector('.own-again').addEventListener('click', () => location.reload());
    document.documentElement.classList.add('own-scripted');
}

/* Follow a job: take its state anew each second, and the whole page when it has ended. */
'use strict';
{
    const EVERY_MS = 1000;
    const box = document.querySelector('[data-state]');

    async function follow() {
        try {
            const response = await fetch(box.dataset.state);
            if (response.ok) {
                show(await response.text());
            }
        } catch {
            // The service restarts, or the network is away: the next try may find it.
        }
        setTimeout(follow, EVERY_MS);
    }

    function show(html) {
        const fresh = new DOMParser().parseFromString(html, 'text/html');
        const state = fresh.querySelector('.job-state');
        if (!state) {
            return;
        }
        if (state.dataset.open === 'no') {
            location.reload();
        }
        const old = box.querySelector('.job-state');
        if (old.outerHTML !== state.outerHTML) {
            const log = old.querySelector('details');
            const newLog = state.querySelector('details');
            if (log && newLog) {
                newLog.open = log.open;
            }
            old.replaceWith(state);
        }
    }

    setTimeout(follow, EVERY_MS);
}

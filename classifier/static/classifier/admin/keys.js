/* Keys for the uploads: j and k move, Enter opens, x ticks, a class's key corrects, u undoes.

   What has the focus is the current row, so that Tab, the mouse and a screen reader
   agree with the keys. On the page of an upload a key clicks what bears it. */
'use strict';
{
    const ROW = '#result_list tbody tr, #result_list > li'; // of the table, of the grid
    const rows = [...document.querySelectorAll(ROW)];
    const status = document.querySelector('.upload-status');

    function currentRow() {
        return document.activeElement.closest(ROW);
    }

    function move(step) {
        const index = rows.indexOf(currentRow()) + step;
        rows[Math.min(Math.max(index, 0), rows.length - 1)].querySelector('a').focus();
    }

    async function change(row, fields) {
        const cell = row.querySelector('.field-corrected');
        const seen = cell.querySelector('input');
        const address = row.querySelector('a').href.replace(/change\/(\?.*)?$/, 'correct/');
        try {
            const response = await fetch(address, {
                method: 'POST',
                headers: {
                    'Accept': 'application/json',
                    'X-CSRFToken': document.querySelector('[name=csrfmiddlewaretoken]').value,
                },
                body: new URLSearchParams({...fields, seen: seen.value}),
            });
            const answer = await response.json();
            status.textContent = answer.problem;
            if ('seen' in answer) { // not for a row that was deleted
                seen.value = answer.seen;
                const chip = cell.querySelector('.upload-corrected');
                chip.textContent = answer.class_name;
                chip.className = `upload-corrected upload-review-${answer.review}`;
            }
        } catch {
            status.textContent = status.dataset.failed;
        }
    }

    function pressedInList(key) {
        const row = currentRow();
        const answer = document.querySelector(`.upload-keys [data-key="${CSS.escape(key)}"]`);
        if (key === 'j' || key === 'k') {
            move(key === 'j' ? 1 : -1);
        } else if (row && key === 'x') {
            row.querySelector('.action-select')?.click();
        } else if (row && answer) {
            change(row, 'undo' in answer.dataset ? {undo: 1} : {class_name: answer.dataset.className});
        } else {
            return false;
        }
        return true;
    }

    function pressedOnPage(key) {
        const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
        target?.click();
        return Boolean(target);
    }

    document.addEventListener('keydown', function(event) {
        const isTyping = event.target.matches('textarea, select, input:not([type=checkbox])');
        if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !'jk'.includes(event.key)) {
            return;
        }
        const handled = rows.length ? pressedInList(event.key) : pressedOnPage(event.key);
        if (handled) {
            event.preventDefault();
        }
    });
}

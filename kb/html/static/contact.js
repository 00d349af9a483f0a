// The contact page: copying and printing the case sheet. What it holds goes to the clipboard or the printer, nowhere else.
"use strict";

(() => {
  async function copy(button) {
    const from = document.getElementById(button.dataset.kbCopy);
    if (!from) return;
    try {
      await navigator.clipboard.writeText(from.textContent);
    } catch { // no permission, or no secure address: select it, so that the keyboard can
      const range = document.createRange();
      range.selectNodeContents(from);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      from.focus();
      return;
    }
    const before = button.textContent;
    button.textContent = button.dataset.kbDone;
    const region = document.getElementById("kb-status");
    if (region) region.textContent = button.dataset.kbDone;
    setTimeout(() => { button.textContent = before; }, 2500);
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button[data-kb-copy], button[data-kb-print]");
    if (!button) return;
    if (button.dataset.kbPrint) print();
    else copy(button);
  });
})();

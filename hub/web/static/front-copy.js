// Copy buttons. A venue's hub is plain http, where browsers have no clipboard for pages: there the text is chosen and
// copied the old way; where that fails, too, it stays chosen.

const SAID_MS = 2000;

/** `said(words)` is told what came of it. */
export function copyOnClick(root, said) {
  root.addEventListener("click", async event => {
    const button = event.target.closest("button[data-copies]");
    if (!button) return;
    const value = valueOf(button), done = await copied(value);
    said(done ? "Copied " + value.textContent : "Selected, not copied");
    button.textContent = done ? "Copied" : "Selected";
    clearTimeout(button.timer);
    button.timer = setTimeout(() => { button.textContent = "Copy"; }, SAID_MS);
  });
}

/** What stands beside the button, else what has that id. */
function valueOf(button) {
  const name = button.dataset.copies, beside = button.closest("li, .value");
  return (beside && beside.querySelector(`[data-f="${name}"]`)) || document.getElementById(name);
}

/** Whether it was; else it is selected. */
export async function copied(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}

// The panels beside the canvas.

export function openPanels() {}

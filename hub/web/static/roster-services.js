// x
export function openServices() { return { rosterChanged() {} }; }

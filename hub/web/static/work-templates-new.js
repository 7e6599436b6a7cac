// Keeps a template as one of its own: what has its name already, in capitals or not, stays as it is.

import { Refused, ask } from "./work-ask.js";

/** Gives {name, version}. `partner`: its short name, for who sees several. Throws Refused, of a name that is taken with
 * the field "name". */
export async function keepNew(name, template, partner = "") {
  try {
    return await ask("POST", "/api/templates", { name, template, base: 0, ...(partner ? { partner } : {}) });
  } catch (problem) {
    if (problem.field !== "base") throw problem;
    throw new Refused(problem.status, { message: problem.message, field: "name" });
  }
}

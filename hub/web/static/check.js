// The tag check: who a tag, a bib or a name is, one after the other.

import { stay } from "./work-here.js";

stay();

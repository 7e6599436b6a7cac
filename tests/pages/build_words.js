// Documents made at random and changed at random; what is wrong with them comes back as words. One function for all
// tests of the builder's pure part: `name` says which.
async ([name, rounds, seed]) => {
  const geometry = await import("/static/build-geometry.js"), snap = await import("/static/build-snap.js");
  const { makeDoc } = await import("/static/build-doc.js"), { KINDS, newTemplate } = await import("/static/build-kinds.js");
  const wrong = [];
  const chance = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 65536) / 32768; };
  const below = most => Math.floor(chance() * most), near = (a, b, by = 1e-6) => Math.abs(a - b) <= by;
  const pick = list => list[below(list.length)];
  const box = (rotate = below(360) - 180) => ({ x: below(1900), y: below(1000), w: 1 + below(800), h: 1 + below(500), rotate });
  const expect = (what, ...facts) => { if (!what) wrong.push(JSON.stringify(facts)); };

  function resize() {
    for (const handle of geometry.HANDLES) {
      const from = box(), [x, y] = geometry.sidesOf(handle), ratio = chance() < .3;
      const to = geometry.resized(from, handle, { x: below(900) - 450, y: below(900) - 450 }, { ratio, least: 1 });
      const part = [(1 - x) / 2, (1 - y) / 2], before = geometry.pointOf(from, ...part), after = geometry.pointOf(to, ...part);
      expect(near(before.x, after.x) && near(before.y, after.y), "opposite", handle, from, to);
      expect(to.w >= 1 || ratio, "width", handle, from, to);
      expect((x || ratio || near(to.w, from.w)) && (y || ratio || near(to.h, from.h)), "other side", handle, from, to);
      if (ratio) expect(near(to.w / to.h, from.w / from.h, 1e-3 * (from.w / from.h)), "ratio", handle, from, to);
      const about = geometry.resized(from, handle, { x: 40, y: 30 }, { middle: true });
      expect(near(geometry.middleOf(about).x, geometry.middleOf(from).x), "middle", handle, from, about);
    }
  }

  function align() {
    const boxes = Array.from({ length: 2 + below(6) }, () => box(chance() < .5 ? 0 : undefined)), frame = geometry.boxAround(boxes);
    const sides = { left: b => b.x, center: b => b.x + b.w / 2, right: b => b.x + b.w, top: b => b.y, middle: b => b.y + b.h / 2, bottom: b => b.y + b.h };
    for (const [how, side] of Object.entries(sides)) {
      const to = snap.aligned(boxes, how);
      expect(to.every(each => near(side(geometry.boundsOf(each)), side(frame))), how, boxes);
      expect(to.every((each, i) => each.w === boxes[i].w && each.h === boxes[i].h && each.rotate === boxes[i].rotate), "size", how);
      expect(JSON.stringify(snap.aligned(to, how)) === JSON.stringify(to) || snap.aligned(to, how).every((each, i) => near(each.x, to[i].x) && near(each.y, to[i].y)), "again", how);
    }
    for (const [axis, size] of [["x", "w"], ["y", "h"]]) {
      const to = snap.distributed(boxes, axis), after = to.map(geometry.boundsOf).sort((a, b) => a[axis] - b[axis] || a[size] - b[size]);
      if (boxes.length < 3) { expect(to === boxes, "two"); continue; }
      const order = boxes.map((_, i) => i).sort((a, b) => geometry.boundsOf(boxes[a])[axis] - geometry.boundsOf(boxes[b])[axis] || geometry.boundsOf(boxes[a])[size] - geometry.boundsOf(boxes[b])[size]);
      const placed = order.map(i => geometry.boundsOf(to[i])), gaps = placed.slice(1).map((each, i) => each[axis] - placed[i][axis] - placed[i][size]);
      expect(gaps.every(each => near(each, gaps[0])), "gaps", axis, gaps);
      expect(near(placed[0][axis], frame[axis]) && near(placed[placed.length - 1][axis] + placed[placed.length - 1][size], frame[axis] + frame[size]), "ends", axis, after.length);
    }
  }

  function cells() {
    const template = newTemplate(200 + below(4000), 200 + below(3000));
    template.grid = { columns: 1 + below(24), rows: 1 + below(24), margin: below(60), gutter: below(30) };
    const { columns, rows } = template.grid, cell = [below(columns), below(rows), 0, 0];
    cell[2] = 1 + below(columns - cell[0]);
    cell[3] = 1 + below(rows - cell[1]);
    const at = geometry.cellBox(template, cell), sides = geometry.steps(template);
    expect(at.w >= 1 && at.h >= 1, "size", template.grid, cell);
    if (sides.x.size > 4 && sides.y.size > 4) {
      expect(String(geometry.nearestCell(template, at)) === String(cell), "nearest", template.canvas, template.grid, cell, at);
      const drawn = geometry.drawnCell(template, { x: at.x + at.w - 1, y: at.y + 1 }, { x: at.x + 1, y: at.y + at.h - 1 });
      expect(String(drawn) === String(cell), "drawn", template.grid, cell, drawn);
    }
    const free = geometry.freeCell(template, [{ ...geometry.cellBox(template, [0, 0, columns, 1]) }], [columns, 1]);
    expect(rows === 1 || free[1] > 0, "free", free);
  }

  function hold() {
    const template = newTemplate(), others = Array.from({ length: below(5) }, () => box(0)), moved = box(0), within = 8;
    const targets = snap.targetsOf(template, others), { x, y, guides } = snap.snapped(moved, targets, within);
    expect(Math.abs(x) <= within && Math.abs(y) <= within, "too far", x, y);
    const to = { ...moved, x: moved.x + x, y: moved.y + y }, again = snap.snapped(to, targets, within);
    expect(near(again.x, 0) && near(again.y, 0), "holds", moved, x, y, again);
    if (x || y) expect(guides.length > 0, "says why");
    for (const each of guides) {
      if (each.what === "gap") continue;
      const size = each.axis === "x" ? "w" : "h";
      expect([0, .5, 1].some(part => near(to[each.axis] + to[size] * part, each.at, 1e-6)), "guide", each, to);
    }
    const [a, b] = [{ x: 100, y: 300, w: 50, h: 50, rotate: 0 }, { x: 400, y: 300, w: 50, h: 50, rotate: 0 }];
    const own = snap.targetsOf(template, [a, b], { grid: false });
    expect(snap.snapped({ x: 254, y: 306, w: 40, h: 40, rotate: 0 }, own, 8).x === 1, "between");
    expect(snap.snapped({ x: 703, y: 306, w: 40, h: 40, rotate: 0 }, own, 8).x === -3, "beyond");
  }

  function view() {
    const canvas = { width: 100 + below(5000), height: 100 + below(5000) }, area = { w: 300 + below(1500), h: 300 + below(900) };
    const fitted = geometry.fitView(canvas, area), point = { x: below(area.w), y: below(area.h) };
    const there = geometry.toCanvas(fitted, point), closer = geometry.zoomed(fitted, point, .2 + chance() * 6), still = geometry.toCanvas(closer, point);
    expect(near(there.x, still.x, 1e-3) && near(there.y, still.y, 1e-3), "zoom", there, still);
    expect(fitted.x >= 23 && fitted.y >= 23, "fits", fitted);
    const turn = geometry.turnBetween({ x: 0, y: 0 }, { x: 10, y: 0 }, { x: below(40) - 20, y: below(40) - 20 || 1 }, { stepped: true, start: below(360) });
    expect(Number.isFinite(turn), "turn");
  }

  function operation(doc) {
    const ids = doc.blocks().map(each => each.id), some = ids.filter(() => chance() < .4);
    const act = pick([
      () => doc.add(pick(KINDS).kind), () => doc.add("text", { x: below(1000), y: below(800), w: 300, h: 90 }),
      () => doc.select(some), () => doc.select(some, { toggle: true }), () => doc.setWhich(doc.other), () => doc.remove(),
      () => doc.duplicate(), () => { doc.copy(); doc.paste(); }, () => doc.cut(), () => doc.copyToOther(), () => chance() < .2 && doc.copyToOther(null),
      () => doc.order(pick(["front", "raise", "lower", "back"])), () => doc.moveTo(some, below(ids.length + 1)), () => doc.group(), () => doc.ungroup(),
      () => doc.lock(), () => doc.hide(), () => doc.nudge(below(9) - 4, below(9) - 4), () => doc.step(below(5) - 2, below(5) - 2),
      () => doc.grow(below(3) - 1, below(3) - 1), () => doc.turn(below(60) - 30), () => doc.align(pick(["left", "center", "right", "top", "middle", "bottom"])),
      () => doc.distribute(pick(["x", "y"])), () => doc.setCanvas(400 + below(3000), 400 + below(2000), { scale: chance() < .5 }),
      () => doc.setGrid({ columns: 1 + below(20), rows: 1 + below(20) }), () => doc.setState({ ground: pick(["#000000", "#0b0e14"]) }), () => doc.settle(),
      () => doc.set(some, { name: pick(["a", "b"]) }, "Name", { merge: "name" }),
    ]);
    act();
  }

  function history() {
    const doc = makeDoc(newTemplate()), first = JSON.stringify(doc.template);
    let told = 0;
    doc.subscribe(() => told++);
    const states = [doc.template];
    for (let i = 0; i < 60; i++) {
      operation(doc);
      if (doc.template !== states[states.length - 1]) states.push(doc.template);
      check(doc);
    }
    const last = doc.template, text = JSON.stringify(last);
    let steps = 0;
    while (doc.canUndo()) { doc.undo(); steps++; check(doc); expect(states.includes(doc.template), "a state that was there"); }
    expect(JSON.stringify(doc.template) === first && !doc.dirty, "all the way back");
    for (let i = 0; i < steps; i++) { expect(doc.redo() !== "", "redo"); check(doc); }
    expect(doc.template === last && JSON.stringify(doc.template) === text && doc.canRedo() === "", "and forth");
    expect(doc.dirty === (text !== first), "dirty");
    expect(told > 0, "told");
  }

  function check(doc) {
    for (const which of ["active", "resting"]) {
      const blocks = doc.template[which].blocks, ids = blocks.map(each => each.id);
      expect(new Set(ids).size === ids.length, "ids", ids);
      expect(blocks.length <= 100, "too many");
      for (const each of blocks) {
        expect([each.x, each.y, each.w, each.h].every(Number.isInteger) && each.w > 0 && each.h > 0, "whole", each);
        expect(!each.cell || (each.cell[0] >= 0 && each.cell[1] >= 0 && each.cell[0] + each.cell[2] <= doc.template.grid.columns && each.cell[1] + each.cell[3] <= doc.template.grid.rows), "in the grid", each);
        if (each.cell) expect(JSON.stringify(geometry.cellBox(doc.template, each.cell)) === JSON.stringify({ x: each.x, y: each.y, w: each.w, h: each.h }), "lies in its cell", each);
      }
    }
    expect(doc.selection.every(id => doc.block(id)), "chosen", doc.selection);
  }

  const all = { resize, align, cells, hold, view, history };
  for (let i = 0; i < rounds; i++) all[name]();
  return wrong.slice(0, 4);
}

"use strict";
/* The viewer of the screens: the picture beside the tree, and what a picked element is. */
(() => {
  const screens = JSON.parse(document.getElementById("screens-data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const root = document.getElementById("viewer");
  let shown = -1, rows = [], picked = -1, canvas, outline, tree, details;

  function make(name, given, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given || {})) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }
  function draw(name, given, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(given)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }
  const short = (text) => text.slice(text.lastIndexOf("/") + 1);
  const kind = (node) => node.c.slice(node.c.lastIndexOf(".") + 1) || "node";
  const words = (node) => node.t || node.d || "";
  const box = (b) => ({ x: b[0], y: b[1], width: Math.max(0, b[2] - b[0]), height: Math.max(0, b[3] - b[1]) });
  const area = (b) => Math.max(0, b[2] - b[0]) * Math.max(0, b[3] - b[1]);
  const clip = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

  /* the parts that stay, whichever screen is shown */
  const choice = make("select", { id: "screen-choice" });
  screens.forEach((screen, n) => {
    const used = screen.touches.map((touch) => touch.element);
    const text = `${screen.at.toFixed(1)} s ${screen.name}` + (screen.picture === null ? " (no picture)" : "")
      + (used.length ? `: ${used.join(", ")}` : "");
    choice.append(make("option", { value: n }, clip(text, 90)));
  });
  const before = make("button", { type: "button" }, "← Before");
  const after = make("button", { type: "button" }, "Next →");
  const bar = make("div", { class: "viewer-bar" }, make("label", {}, "Screen", choice), before, after);
  const left = make("div"), right = make("div");
  root.append(bar, make("div", { class: "viewer" }, left, right));
  choice.addEventListener("change", () => show(Number(choice.value)));
  before.addEventListener("click", () => show(shown - 1));
  after.addEventListener("click", () => show(shown + 1));

  function show(number) {
    if (!screens[number]) return;
    shown = number;
    picked = -1;
    choice.value = String(number);
    before.disabled = number === 0;
    after.disabled = number === screens.length - 1;
    const screen = screens[number];
    left.replaceChildren(picture(screen));
    details = make("div", { class: "details", "aria-live": "polite" });
    tree = treeOf(screen);
    right.replaceChildren(...touchList(screen), tree, details);
    const first = screen.touches.find((touch) => touch.node !== null);
    pick(first ? first.node : 0, false);
  }

  function picture(screen) {
    const [width, height] = screen.size;
    const shot = screen.picture === null ? null : document.getElementById(`shot-${screen.picture}`);
    canvas = draw("svg", { class: shot ? "canvas pictured" : "canvas", viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `The screen ${screen.name}${shot ? "" : ", drawn from its hierarchy"}` });
    if (shot) canvas.append(draw("image", { href: shot.src, width, height, preserveAspectRatio: "none" }));
    const size = Math.round(width / 34);
    screen.nodes.forEach((node) => {
      if (!area(node.b)) return;
      canvas.append(draw("rect", { class: "box", ...box(node.b) }));
      const text = words(node);
      if (!shot && text) {
        const most = Math.max(1, Math.floor((node.b[2] - node.b[0]) / (size * 0.62)));
        canvas.append(draw("text", { class: "label", x: node.b[0] + 6, y: node.b[1] + size * 1.2, "font-size": size }, clip(text, most)));
      }
    });
    screen.touches.forEach((touch, n) => {
      if (touch.bounds.length !== 4) return;
      const b = touch.bounds, r = width / 30;
      canvas.append(draw("rect", { class: "touched", ...box(b), rx: 8 }));
      const x = Math.min(width - r, Math.max(r, b[0])), y = Math.max(r, b[1]);
      canvas.append(draw("circle", { class: "number", cx: x, cy: y, r }));
      canvas.append(draw("text", { class: "number-text", x, y, "font-size": r * 1.2 }, String(n + 1)));
    });
    outline = draw("rect", { class: "picked", width: 0, height: 0 });
    canvas.append(outline);
    canvas.addEventListener("click", (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(canvas.getScreenCTM().inverse());
      const found = nodeAt(screen, at.x, at.y);
      if (found >= 0) pick(found, true);
    });
    return canvas;
  }

  /* the smallest that holds the point; of equals the one drawn last */
  function nodeAt(screen, x, y) {
    let best = -1;
    screen.nodes.forEach((node, n) => {
      const b = node.b;
      if (x < b[0] || y < b[1] || x >= b[2] || y >= b[3]) return;
      if (best < 0 || area(b) <= area(screen.nodes[best].b)) best = n;
    });
    return best;
  }

  function touchList(screen) {
    if (!screen.touches.length) return [];
    const list = make("ul", { class: "touches", "aria-label": "What steps used on this screen" });
    screen.touches.forEach((touch, n) => {
      const what = ` ${touch.element} ${touch.how} at ${touch.at.toFixed(2)} s by step ${touch.step}`;
      const button = make("button", { type: "button" }, make("b", {}, String(n + 1)), what);
      button.disabled = touch.node === null;
      button.addEventListener("click", () => pick(touch.node, true));
      list.append(make("li", {}, button));
    });
    return [list];
  }

  function treeOf(screen) {
    const list = make("ul", { class: "tree", role: "tree", "aria-label": `Elements of ${screen.name}` });
    const level = [], parents = new Set(screen.nodes.map((node) => node.p));
    const names = new Map();
    for (const found of screen.found)
      if (found.used && found.nodes.length) names.set(found.nodes[0], [...(names.get(found.nodes[0]) || []), found.element]);
    const touched = new Map();
    screen.touches.forEach((touch, n) => { if (touch.node !== null) touched.set(touch.node, [...(touched.get(touch.node) || []), n + 1]); });
    rows = screen.nodes.map((node, n) => {
      level[n] = node.p < 0 ? 0 : level[node.p] + 1;
      const row = make("li", { role: "treeitem", tabindex: -1, "aria-level": level[n] + 1, "aria-selected": "false" });
      row.style.setProperty("--level", level[n]);
      if (parents.has(n)) row.setAttribute("aria-expanded", "true");
      row.append(kind(node));
      if (node.i) row.append(" ", make("i", {}, "#" + short(node.i)));
      if (words(node)) row.append(` “${clip(words(node), 40)}”`);
      for (const name of names.get(n) || []) row.append(make("span", { class: "tag" }, name));
      if (touched.has(n)) row.append(make("span", { class: "was" }, "● used " + touched.get(n).join(", ")));
      row.dataset.node = n;
      list.append(row);
      return row;
    });
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-node]");
      if (!row) return;
      const n = Number(row.dataset.node);
      if (event.offsetX < 26 + level[n] * 12 && event.target === row && n === picked) toggle(n);
      pick(n, true);
    });
    list.addEventListener("keydown", onKey);
    return list;
  }

  const isOpen = (n) => rows[n].getAttribute("aria-expanded") === "true";
  const hasChildren = (n) => rows[n].hasAttribute("aria-expanded");

  function toggle(n, open) {
    if (!hasChildren(n)) return;
    rows[n].setAttribute("aria-expanded", String(open === undefined ? !isOpen(n) : open));
    refresh();
  }
  function refresh() {
    const nodes = screens[shown].nodes, visible = [];
    nodes.forEach((node, n) => {
      visible[n] = node.p < 0 || (visible[node.p] && isOpen(node.p));
      rows[n].hidden = !visible[n];
    });
  }
  function reveal(n) {
    for (let above = screens[shown].nodes[n].p; above >= 0; above = screens[shown].nodes[above].p)
      rows[above].setAttribute("aria-expanded", "true");
    refresh();
  }

  function onKey(event) {
    const seen = rows.map((row, n) => n).filter((n) => !rows[n].hidden), at = seen.indexOf(picked);
    const parent = screens[shown].nodes[picked].p;
    let next;
    if (event.key === "ArrowDown") next = seen[at + 1];
    else if (event.key === "ArrowUp") next = seen[at - 1];
    else if (event.key === "Home") next = seen[0];
    else if (event.key === "End") next = seen[seen.length - 1];
    else if (event.key === "ArrowRight") {
      if (hasChildren(picked) && !isOpen(picked)) toggle(picked, true);
      else if (hasChildren(picked)) next = seen[at + 1];
    } else if (event.key === "ArrowLeft") {
      if (hasChildren(picked) && isOpen(picked)) toggle(picked, false);
      else if (parent >= 0) next = parent;
    } else if (event.key === "Enter" || event.key === " ") toggle(picked);
    else return;
    event.preventDefault();
    if (next !== undefined) pick(next, true);
  }

  function pick(n, focus) {
    const screen = screens[shown], node = screen.nodes[n];
    if (!node) return;
    if (rows[picked]) {
      rows[picked].setAttribute("aria-selected", "false");
      rows[picked].tabIndex = -1;
    }
    picked = n;
    reveal(n);
    rows[n].setAttribute("aria-selected", "true");
    rows[n].tabIndex = 0;
    for (const [key, value] of Object.entries(box(node.b))) outline.setAttribute(key, value);
    describe(screen, node, n);
    if (focus) rows[n].focus({ preventScroll: true });
    const row = rows[n];
    if (row.offsetTop < tree.offsetTop + tree.scrollTop || row.offsetTop + row.offsetHeight > tree.offsetTop + tree.scrollTop + tree.clientHeight)
      tree.scrollTop = row.offsetTop - tree.offsetTop - tree.clientHeight / 2;
  }

  function describe(screen, node, n) {
    const told = [["class", node.c], ["id", node.i], ["text", node.t], ["description", node.d], ["hint", node.h],
      ["bounds", `[${node.b[0]},${node.b[1]}][${node.b[2]},${node.b[3]}]`], ["is", (node.f || []).join(", ")]];
    const body = make("tbody");
    for (const [name, value] of told) if (value) body.append(make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value)));
    const hits = screen.found.filter((found) => found.nodes.includes(n));
    const list = make("ul", { class: "locators" });
    for (const hit of hits) {
      const first = hit.used && hit.nodes[0] === n;
      const note = first ? ": a step goes by this one" : hit.used ? `: number ${hit.nodes.indexOf(n) + 1} of what it finds` : "";
      list.append(make("li", {}, make("b", {}, hit.element), ` locator ${hit.locator} (${hit.asks})${note}`));
    }
    details.replaceChildren(make("h3", {}, "The picked element"), make("table", {}, body), make("h3", {}, "Locators that match it"),
      hits.length ? list : make("p", { class: "lead" }, "None of the app's profile."));
  }

  /* made when it is about to be seen: a page opens the faster */
  const begin = () => { if (shown < 0) show(Math.max(0, screens.findIndex((screen) => screen.picture !== null && screen.touches.length))); };
  new IntersectionObserver((seen, observer) => {
    if (seen.some((one) => one.isIntersecting)) { observer.disconnect(); begin(); }
  }, { rootMargin: "600px" }).observe(root);
})();

"use strict";
/* Filters, other axes of the heat map, and the pictures of the runs that are about to be seen. */
(() => {
  const data = JSON.parse(document.getElementById("runs-data").textContent);
  const list = document.getElementById("runs"), form = document.getElementById("filters");
  if (!list) return;
  const cards = [...list.children], heat = document.getElementById("heat"), count = document.getElementById("count");
  const texts = data.rows.map((row) => [row.verdict, row.recipe, row.method, row.moment, row.phone, row.app, row.app_version,
    row.reason, row.id].join(" ").toLowerCase());
  const rank = { bad: 0, open: 1, good: 2 };
  const empty = new Map(data.empty.map(([down, across, note, why]) => [JSON.stringify([down, across]), [note, why]]));

  function make(name, given, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given || {})) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  /* the pictures, when they come near */
  const near = new IntersectionObserver((seen) => {
    for (const one of seen) {
      if (!one.isIntersecting) continue;
      near.unobserve(one.target);
      const n = cards.indexOf(one.target);
      if (data.pictures[n]) one.target.querySelector(".shot").append(make("img", { src: data.pictures[n], alt: `The phone in ${data.rows[n].verdict}` }));
    }
  }, { rootMargin: "400px" });
  cards.forEach((card, n) => (data.pictures[n] ? near.observe(card) : card.querySelector(".shot").classList.add("none")));

  /* the filters */
  const value = (name) => (form.elements[name] ? form.elements[name].value : "");
  function wanted(row, n) {
    const verdict = value("verdict"), text = value("text").trim().toLowerCase();
    if (verdict === "!" ? row.sense !== "bad" : verdict && row.verdict !== verdict) return false;
    for (const name of Object.keys(data.axes)) if (value(name) && row[name] !== value(name)) return false;
    return !text || text.split(/\s+/).every((word) => texts[n].includes(word));
  }
  function refresh() {
    const shown = data.rows.map(wanted);
    cards.forEach((card, n) => { card.hidden = !shown[n]; });
    const number = shown.filter(Boolean).length;
    count.textContent = number === cards.length ? `${number} runs` : `${number} of ${cards.length} runs`;
    drawHeat(shown);
  }
  const orders = {
    "": (a, b) => a - b,
    worst: (a, b) => rank[data.rows[a].sense] - rank[data.rows[b].sense] || a - b,
    new: (a, b) => data.rows[b].at - data.rows[a].at || a - b,
    slow: (a, b) => (data.rows[b].cut_ms ?? -1) - (data.rows[a].cut_ms ?? -1) || a - b,
  };
  let order = "";
  function arrange() {
    if (value("order") === order) return;
    order = value("order");
    list.append(...cards.map((card, n) => n).sort(orders[order]).map((n) => cards[n]));
  }
  form.hidden = false;
  form.addEventListener("input", () => { arrange(); refresh(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { arrange(); refresh(); }));

  /* the heat map, of what the filters leave */
  const names = Object.keys(data.axes), first = Object.keys(data.order);
  const bar = document.getElementById("axes");
  const choices = ["Rows", "Columns"].map((label, which) => {
    const select = make("select", { id: `axis-${which}` }, ...names.map((name) => make("option", { value: name }, data.axes[name])));
    select.value = first[which] || names[which];
    select.addEventListener("change", refresh);
    bar.append(make("label", {}, `${label} `, select));
    return select;
  });
  bar.hidden = false;
  const natural = (a, b) => a.localeCompare(b, "en", { numeric: true });
  function valuesOf(name, shown) {
    const there = new Set(data.rows.filter((row, n) => shown[n]).map((row) => row[name]));
    const all = shown.every(Boolean);
    const known = (data.order[name] || []).filter((one) => all || there.has(one));
    return [...known, ...[...there].filter((one) => !known.includes(one)).sort(natural)];
  }
  function drawHeat(shown) {
    const [down, across] = choices.map((select) => select.value);
    const columns = valuesOf(across, shown), lines = valuesOf(down, shown);
    const head = make("tr", {}, make("th", { scope: "col" }, data.axes[down]), ...columns.map((name) => make("th", { scope: "col" }, name || "none")));
    const body = lines.map((line) => make("tr", {}, make("th", { scope: "row" }, line || "none"),
      ...columns.map((column) => cell(down, line, across, column, shown))));
    heat.tHead.replaceChildren(head);
    heat.tBodies[0].replaceChildren(...body);
  }
  function cell(down, line, across, column, shown) {
    const group = data.rows.filter((row, n) => shown[n] && row[down] === line && row[across] === column);
    if (!group.length) {
      const usual = down === first[0] && across === first[1];
      const [note, why] = (usual && empty.get(JSON.stringify([line, column]))) || ["no run", ""];
      return make("td", why ? { class: "no", title: why } : { class: "no" }, note);
    }
    const kinds = new Set(group.map((row) => data.classes[row.verdict] || "undecided"));
    const several = group.every((row) => row.sense === "good") ? "safe" : "mixed";
    const made = make("td", { class: kinds.size === 1 ? [...kinds][0] : several });
    const verdicts = [...new Set(group.map((row) => row.verdict))].map((verdict) => group.filter((row) => row.verdict === verdict));
    for (const mine of verdicts.sort((a, b) => b.length - a.length)) {
      const text = group.length === 1 ? mine[0].verdict : `${mine.length} ${mine[0].verdict}`;
      const link = make("a", { href: mine.length === 1 && mine[0].page ? mine[0].page : `#${mine[0].anchor}` }, text);
      if (mine.some((row) => row.sense === "bad")) {
        link.className = "wrong";
        link.append(make("span", { class: "sr" }, " (not as expected)"));
      }
      made.append(link);
    }
    return made;
  }
})();

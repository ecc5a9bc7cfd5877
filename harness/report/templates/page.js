/* SPDX-License-Identifier: BSD-2-Clause */
/* The report page's script: the matrix with its filters, and the panel that a cell opens.
 *
 * The state is the address's fragment, and nothing else. Data reaches the document as text alone. */
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const matrix = document.getElementById("matrix");
  const panel = document.getElementById("panel");
  const filters = document.getElementById("filters");
  const ROW = 26; // pixels of a row; the matrix is lower than the window
  const FEW = 40; // rows of which no family is folded
  const FILTERS = ["q", "only", "bug", "family", "platform", "mode", "debugger"];
  const OPENED = ["case", "on", "with", "story"];
  const ELSEWHERE = "not in this catalogue";

  function make(name, properties, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties || {})) {
      if (key === "class") element.className = value;
      else element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  /* The state */

  const read = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

  function address(state) {
    const parts = Object.entries(state).filter(([, value]) => value);
    return "#" + parts.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  }

  /* To another state: as a step that Back takes back, or in place of this one. */
  function go(changes, instead) {
    const next = address({ ...read(), ...changes });
    if (instead) {
      history.replaceState(null, "", next);
      show();
    } else {
      location.hash = next;
    }
  }

  const CLOSED = Object.fromEntries(OPENED.map((key) => [key, ""]));

  /* What the data say */

  const verdict = (outcome) => data.verdicts[outcome.verdict];
  const fate = (outcome) => verdict(outcome)[2];
  const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;
  const kind = (fate) => fate.replaceAll(" ", "-");
  const texts = (numbers) => (numbers || []).map((number) => data.texts[number]);
  const bugNames = (outcome) => (outcome.bugs || []).map((number) => data.bugs[number][0]);
  const modeOf = (number) => data.cases[number].split("@").slice(1).join("@");
  const outcomeOf = (row, column) => data.outcomes[data.cells[column][row.cases[0]]];

  const rows = data.rows.map(([question, label, cases]) => {
    const numbers = new Set(cases.flatMap((number) => data.cells.map((column) => column[number])));
    const outcomes = [...numbers].filter((number) => number >= 0).map((number) => data.outcomes[number]);
    const about = data.questions[question];
    const words = outcomes.flatMap((each) => [verdict(each)[0], ...bugNames(each), ...texts(each.reason)]);
    const said = [about.family, about.asks, ...cases.map((number) => data.cases[number]), ...words];
    return { about, label, cases, modes: new Set(cases.map(modeOf)), text: said.join("\n").toLowerCase() };
  });

  /* The matrix: of the rows that the state asks for, those that the reader has come to */

  let wanted = []; // a row, or a family with its rows
  let columns = [];
  let body = null;
  let made = 0;
  let drawn = null; // the state that is in the document

  function passes(row, state) {
    if (state.family && (row.about.family || ELSEWHERE) !== state.family) return false;
    if (state.mode && !row.modes.has(state.mode)) return false;
    if (state.q && !state.q.toLowerCase().split(/\s+/).every((word) => row.text.includes(word))) return false;
    if (!state.bug && !state.only) return true;
    const outcomes = columns.map((column) => outcomeOf(row, column)).filter(Boolean);
    if (state.bug) {
      const number = data.bugs.findIndex(([name]) => name === state.bug);
      if (!outcomes.some((each) => [...(each.bugs || []), ...(each.nearest || [])].includes(number))) return false;
    }
    if (state.only === "odd") return outcomes.some((each) => fate(each) !== "right");
    if (state.only === "red") return outcomes.some((each) => !["right", "known"].includes(fate(each)));
    if (state.only === "apart") {
      return new Set(outcomes.map((each) => [each.verdict, ...(each.bugs || [])].join())).size > 1;
    }
    return true;
  }

  function choose(state) {
    columns = [...data.columns.keys()].filter((number) => {
      const [platform, debugging] = data.columns[number];
      return (!state.platform || platform === state.platform) && (!state.debugger || debugging === state.debugger);
    });
    const found = rows.filter((row) => passes(row, state));
    const narrowed = ["q", "only", "bug", "family", "mode"].some((key) => state[key]) || found.length <= FEW;
    const open = new Set((state.open || "").split(","));
    wanted = [];
    let family = null;
    for (const row of found) {
      const name = row.about.family || ELSEWHERE;
      if (!family || family.name !== name) {
        family = { name, rows: [], open: narrowed !== open.has(name) };
        wanted.push(family);
      }
      family.rows.push(row);
      if (family.open) wanted.push(row);
    }
    const all = counted(rows.length, "row");
    const words = found.length === rows.length ? all : `${found.length} of ${all}`;
    document.getElementById("count").textContent =
      `${words}, ${counted(columns.length, "column")}. Modes of a case that agree in all columns are one row.`;
  }

  function head() {
    const above = make("tr", {}, make("th", { scope: "col", rowspan: 2, class: "corner" }, "question"));
    const below = make("tr");
    for (let index = 0; index < columns.length; index++) {
      const [platform, debugging] = data.columns[columns[index]];
      const begins = index === 0 || data.columns[columns[index - 1]][0] !== platform;
      if (begins) {
        const span = columns.filter((column) => data.columns[column][0] === platform).length;
        const names = { scope: "colgroup", colspan: span, class: "platform first", title: platform };
        above.append(make("th", names, platform));
      }
      const text = make("span", {}, debugging || "-");
      below.append(make("th", { scope: "col", class: begins ? "mode first" : "mode" }, text));
    }
    return make("thead", {}, above, below);
  }

  function draw(state) {
    choose(state);
    body = make("tbody");
    made = 0;
    const table = make("table", { role: "grid", "aria-label": "verdicts by question, platform and debugger mode" });
    table.setAttribute("aria-rowcount", wanted.length + 2);
    table.append(make("colgroup", {}, make("col"), ...columns.map(() => make("col"))), head(), body);
    makeMore();
    matrix.replaceChildren(table);
    const first = body.querySelector("th");
    if (first) first.tabIndex = 0;
  }

  function makeMore() {
    const end = Math.min(made + Math.ceil(innerHeight / ROW), wanted.length);
    const rowsMade = [];
    for (; made < end; made++) {
      const each = wanted[made];
      const row = each.rows ? familyRow(each) : caseRow(each);
      row.setAttribute("aria-rowindex", made + 3);
      rowsMade.push(row);
    }
    body.append(...rowsMade);
  }

  function makeAll() {
    while (made < wanted.length) makeMore();
  }

  const beginsPlatform = (index) =>
    index === 0 || data.columns[columns[index - 1]][0] !== data.columns[columns[index]][0];

  const where = (column) => data.columns[column].filter(Boolean).join(", ");
  const templates = new Map();

  /* A cell; its row and its column, which its label leaves to the table's headers, are nobody's before it is in it. */
  function cell(index, fate, letter, label) {
    const key = [fate, letter, label].join("\n");
    let template = templates.get(key);
    if (!template) {
      template = make("td", { class: `cell ${kind(fate)}`, "aria-label": label, tabindex: -1 });
      template.append(make("span", {}, letter));
      templates.set(key, template);
    }
    const element = template.cloneNode(true);
    if (beginsPlatform(index)) element.classList.add("first");
    return element;
  }

  function heading(text, properties) {
    return make("th", { scope: "row", tabindex: -1, ...properties }, text);
  }

  function caseRow(row) {
    const element = make("tr", {}, heading(row.label, { title: row.label }));
    columns.forEach((column, index) => {
      const outcome = outcomeOf(row, column);
      if (!outcome) element.append(cell(index, "none", "-", "not asked"));
      else {
        const words = [verdict(outcome)[0], ...bugNames(outcome)].join(" ");
        element.append(cell(index, fate(outcome), verdict(outcome)[1], words));
      }
    });
    return element;
  }

  function familyRow(family) {
    const text = `${family.open ? "\u25be" : "\u25b8"} ${family.name} (${family.rows.length})`;
    const element = make("tr", { class: "family" }, heading(text, { "aria-expanded": String(family.open) }));
    columns.forEach((column, index) => {
      const outcomes = family.rows.map((row) => outcomeOf(row, column)).filter(Boolean);
      if (!outcomes.length) {
        element.append(cell(index, "none", "-", "not asked"));
        return;
      }
      const gravity = (outcome) => data.gravity.indexOf(outcome.verdict);
      const worst = outcomes.reduce((one, other) => (gravity(other) > gravity(one) ? other : one));
      const count = outcomes.filter((each) => fate(each) === fate(worst)).length;
      const letter = verdict(worst)[1] + (gravity(worst) ? count : "");
      element.append(cell(index, fate(worst), letter, `${letter}: ${count} of ${outcomes.length} rows ${fate(worst)}`));
    });
    return element;
  }

  matrix.addEventListener("scroll", () => {
    if (matrix.scrollTop + 2 * matrix.clientHeight > matrix.scrollHeight && made < wanted.length) makeMore();
  });
  addEventListener("beforeprint", makeAll);

  function activate(element) {
    const row = element.closest("tbody tr");
    if (!row) return;
    const each = wanted[row.rowIndex - 2];
    if (each.rows) {
      const open = new Set((read().open || "").split(",").filter(Boolean));
      if (!open.delete(each.name)) open.add(each.name);
      go({ open: [...open].join(",") }, true);
      focusAt(wanted.findIndex((other) => other.name === each.name), 0);
      return;
    }
    const place = element.closest("td, th").cellIndex;
    if (place && outcomeOf(each, columns[place - 1])) openCell(each, columns[place - 1]);
  }

  function openCell(row, column) {
    const mode = read().mode;
    const number = row.cases.find((number) => modeOf(number) === mode) ?? row.cases[0];
    const [platform, debugging] = data.columns[column];
    go({ ...CLOSED, case: data.cases[number], on: platform, with: debugging });
  }

  function focusAt(index, place) {
    while (made <= index && made < wanted.length) makeMore();
    const row = body.rows[Math.max(0, Math.min(index, wanted.length - 1))];
    if (row) row.cells[Math.max(0, Math.min(place, columns.length))].focus();
  }

  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0] };

  matrix.addEventListener("keydown", (event) => {
    const here = event.target.closest("tbody td, tbody th");
    if (!here || event.altKey || event.metaKey) return;
    const index = here.parentElement.rowIndex - 2;
    if (STEPS[event.key]) focusAt(index + STEPS[event.key][0], here.cellIndex + STEPS[event.key][1]);
    else if (event.key === "Home") focusAt(event.ctrlKey ? 0 : index, 0);
    else if (event.key === "End") focusAt(event.ctrlKey ? wanted.length - 1 : index, columns.length);
    else if (event.key === "Enter" || event.key === " ") activate(here);
    else return;
    event.preventDefault();
  });
  matrix.addEventListener("click", (event) => activate(event.target));
  matrix.addEventListener("focusin", (event) => {
    const here = event.target.closest("tbody td, tbody th");
    if (!here) return;
    for (const other of body.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    here.tabIndex = 0;
  });

  /* The filters */

  function selection(key, title, options) {
    const select = make("select", { id: `filter-${key}` }, make("option", { value: "" }, "all"));
    for (const [value, words] of options) select.append(make("option", { value }, words));
    select.addEventListener("change", () => go({ [key]: select.value }, true));
    filters.append(make("label", {}, title, select));
  }

  const each = (values) => [...new Set(values)].filter(Boolean).map((value) => [value, value]);

  function makeFilters() {
    const search = make("input", { id: "filter-q", type: "search", autocomplete: "off" });
    search.addEventListener("input", () => go({ q: search.value }, true));
    filters.append(make("label", {}, "text", search));
    const only = [["odd", "what is not right"], ["red", "what is not as recorded"], ["apart", "where columns differ"]];
    selection("only", "show", only);
    selection("bug", "bug", each(data.bugs.map(([name]) => name)));
    selection("family", "family", each(rows.map((row) => row.about.family || ELSEWHERE)));
    selection("platform", "platform", each(data.columns.map(([platform]) => platform)));
    selection("mode", "mode", each(data.cases.map((_, number) => modeOf(number))));
    selection("debugger", "debugger mode", each(data.columns.map(([, debugging]) => debugging)));
    const all = make("button", { type: "button" }, "show all");
    all.addEventListener("click", () => go(Object.fromEntries([...FILTERS, "open"].map((key) => [key, ""])), true));
    filters.append(all);
    filters.hidden = false;
  }

  /* The panel */

  function words(mine, other, mark) {
    const cell = make("td");
    if (mine === null) return cell;
    const between = /(?<=\S) (?=.)/;
    const others = (other === null ? mine : other).split(between);
    mine.split(between).forEach((word, index) => {
      cell.append(index ? " " : "", others[index] === word ? word : make(mark, {}, word));
    });
    return cell;
  }

  function comparison([observer, title, number]) {
    const { rows: lines, left } = data.comparisons[number];
    const heads = [data.texts[title], "seen"].map((words) => make("th", { scope: "col" }, words));
    const table = make("table", { class: "comparison" }, make("caption", {}, `the ${data.texts[observer]}'s log`));
    const inner = make("tbody");
    const note = (words) => inner.append(make("tr", {}, make("td", { colspan: 2, class: "faint" }, words)));
    for (const [required, seen, more] of lines) {
      const [mine, other] = [required, seen].map((text) => (text < 0 ? null : data.texts[text]));
      const row = make("tr", {}, words(mine, other, "del"), words(other, mine, "ins"));
      if (mine !== other) row.className = "odd";
      inner.append(row);
      if (more) note(`... and the same ${more} more times`);
    }
    if (left) note(`... and ${left} lines more, in the run's folder`);
    table.append(make("thead", {}, make("tr", {}, ...heads)), inner);
    return make("div", { class: "wide" }, table);
  }

  /* A case's text, with its marks, which logs name. */
  function marked(text) {
    const block = make("pre", { tabindex: 0 });
    text.split(/(\bmark\s+\w+|MARK\("\w+"\))/).forEach((part, index) => {
      block.append(index % 2 ? make("b", { class: "mark" }, part) : part);
    });
    return block;
  }

  const lines = (numbers) => make("pre", { tabindex: 0 }, texts(numbers).join("\n"));

  function part(title, ...children) {
    return [make("h3", {}, title), ...children];
  }

  function others(number, column) {
    const name = data.cases[number].split("@")[0];
    const alike = [...data.cases.keys()].filter((each) => data.cases[each].split("@")[0] === name);
    const list = make("ul", { class: "choices", "aria-label": "modes of this case" });
    for (const each of alike) {
      const outcome = data.outcomes[data.cells[column][each]];
      if (!outcome) continue;
      const link = make("a", { href: address({ ...read(), case: data.cases[each] }) }, modeOf(each) || name);
      if (each === number) link.setAttribute("aria-current", "true");
      list.append(make("li", {}, badge(outcome), " ", link));
    }
    return list;
  }

  function badge(outcome) {
    return make("span", { class: `badge ${kind(fate(outcome))}`, "aria-hidden": "true" }, verdict(outcome)[1]);
  }

  function commands(platform, name, debugging, outcome) {
    const found = [];
    if (/^\w+@\w+$/.test(name) && data.commands[platform]) {
      found.push(data.commands[platform].replace("@CASE@", name).replace("@MODE@", debugging));
    }
    // Where no VM could be had, there is none to boot again.
    const runs = fate(outcome) === "cannot be told" ? [] : texts(outcome.run);
    for (const run of runs) found.push(`sh '${run.replaceAll("'", "'\\''")}/command'`);
    return found.length ? part("The same again", ...found.map((words) => make("pre", { class: "command" }, words))) : [];
  }

  function fill(number, column) {
    const outcome = data.outcomes[data.cells[column][number]];
    const [platform, debugging] = data.columns[column];
    const name = data.cases[number];
    const about = data.questions.find((question) => question.name === name.split("@")[0]);
    const [said, , , meaning, next] = verdict(outcome);
    const close = make("button", { type: "button", "aria-label": "close" }, "\u2715 close");
    close.addEventListener("click", () => go(CLOSED));
    const title = make("h2", { id: "panel-title" }, `${name} on ${where(column)}: ${said}`);
    const bugs = [...(outcome.bugs || []), ...(outcome.nearest || [])];
    const content = [
      make("header", {}, title, close),
      others(number, column),
      make("p", {}, badge(outcome), ` ${said}: ${meaning}.`),
      ...texts(outcome.reason).map((words) => make("p", {}, words)),
      ...texts(outcome.remarks).map((words) => make("p", {}, `Remark: ${words}`)),
    ];
    if (next !== "nothing") content.push(make("p", { class: "faint" }, `What next: ${next}.`));
    if (about.asks) content.push(...part("What it asks", make("p", {}, about.asks)));
    if (data.pages.includes(data.questions.indexOf(about))) {
      content.push(make("p", {}, make("a", { href: `questions/${about.name}.html` }, "Its page")));
    }
    const logs = (outcome.logs || []).map(comparison);
    if (logs.length) content.push(...part("Logs", ...logs));
    else if (fate(outcome) === "known") content.push(make("p", {}, "Its log is exactly what the bug foretells."));
    if (outcome.alone) content.push(...part("What was seen", lines(outcome.alone)));
    if (outcome.said) content.push(...part("What the hypervisor said", lines(outcome.said)));
    content.push(...commands(platform, name, debugging, outcome));
    content.push(...texts(outcome.run).map((run) => make("p", { class: "faint" }, `What it left is in ${run}`)));
    for (const bug of bugs) {
      const link = make("a", { href: address({ ...read(), ...CLOSED, story: data.bugs[bug][0] }) }, data.bugs[bug][0]);
      const story = document.querySelector(`#bug-${bug} .body`).cloneNode(true);
      for (const part of story.querySelectorAll("[role]")) part.removeAttribute("role"); // a landmark stands once
      for (const part of story.querySelectorAll("div[aria-label]")) part.removeAttribute("aria-label");
      content.push(make("h3", {}, "Known bug ", link, data.bugs[bug][1] ? `: ${data.bugs[bug][1]}` : ""), story);
    }
    for (const [path, text] of about.files) content.push(...part(path, marked(text)));
    panel.replaceChildren(...content);
    panel.scrollTop = 0;
  }

  function openPanel(state) {
    const number = data.cases.indexOf(state.case);
    const column = data.columns.findIndex(([name, mode]) => name === state.on && mode === (state.with || ""));
    if (number < 0 || column < 0 || !data.outcomes[data.cells[column][number]]) return closePanel();
    fill(number, column);
    if (!panel.open) panel.showModal();
    panel.dataset.at = [number, column];
    panel.querySelector("button").focus();
  }

  /* Puts the focus where it came from, if that can be seen. */
  function closePanel() {
    if (!panel.open) return;
    const [number, column] = panel.dataset.at.split(",").map(Number);
    panel.close();
    const index = wanted.findIndex((each) => each.cases && each.cases.includes(number));
    if (index >= 0 && columns.includes(column)) focusAt(index, columns.indexOf(column) + 1);
  }

  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    go(CLOSED);
  });
  panel.addEventListener("close", () => {
    if (read().case) go(CLOSED);
  });
  panel.addEventListener("click", (event) => {
    if (event.target === panel) go(CLOSED);
  });

  function tellStory(name) {
    const number = data.bugs.findIndex(([other]) => other === name);
    const story = document.getElementById(`bug-${number}`);
    if (story) {
      story.scrollIntoView();
      story.focus();
    }
  }

  /* The document as the state has it */

  function show() {
    const state = read();
    const key = address(Object.fromEntries([...FILTERS, "open"].map((name) => [name, state[name]])));
    const before = drawn;
    if (drawn !== key) {
      drawn = key;
      draw(state);
      for (const name of FILTERS) {
        const element = document.getElementById(`filter-${name}`);
        if (element.value !== (state[name] || "")) element.value = state[name] || "";
      }
    }
    if (state.case) openPanel(state);
    else closePanel();
    if (state.story) tellStory(state.story);
    else if (before !== null && before !== key && state.bug && !filters.contains(document.activeElement)) {
      matrix.scrollIntoView({ block: "center" });
    }
  }

  makeFilters();
  addEventListener("hashchange", show);
  addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.hash && link.hash === location.hash) show(); // no change of the address tells of it
  });
  show();
})();

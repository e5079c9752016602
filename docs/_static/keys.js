// What scrolls sideways by itself can be reached, and scrolled, with the keyboard alone.
for (const each of document.querySelectorAll("pre, .table-wrapper")) each.tabIndex = 0;

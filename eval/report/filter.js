for (const box of document.querySelectorAll(".questions")) {
  const [words, which, count] = box.querySelectorAll("input, select, output");
  const all = [...box.querySelectorAll("details")];
  const shown = (q) =>
    q.textContent.toLowerCase().includes(words.value.toLowerCase().trim()) &&
    (which.value === "all" || q.dataset[which.value] === "1");
  const filter = () => {
    let n = 0;
    for (const q of all) {
      q.hidden = !shown(q);
      n += !q.hidden;
    }
    count.textContent = `${n} of ${all.length}`;
  };
  words.addEventListener("input", filter);
  which.addEventListener("change", filter);
  filter();
}

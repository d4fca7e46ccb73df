// Runs before the first paint, so that a chosen theme does not flash. A file of its own because the
// Content-Security-Policy allows no inline script.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('clockwork.theme');
  } catch {
    // Storage may be forbidden; the system's theme is then used.
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();

// What runs before the scripts of the page are there. A file of its own because the Content-Security-Policy allows no inline script, and
// one file because each costs a round trip.

// Before the first paint, so that a chosen theme does not flash.
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

// Asks for what every page shows: on a slow processor or network, most of the waiting is over when the page's scripts come.
// src/api/early.ts takes the answers.
(function () {
  var root = new URL('.', document.currentScript.src);
  var base = root.href + 'api/';
  var key = 'clockwork.session.1 ' + root.pathname.replace(/\/$/, '');
  var note = null;
  try {
    // src/api/session.ts writes both. A tab stays in its workspace, whichever another one has chosen.
    note = JSON.parse(localStorage.getItem(key));
    var own = JSON.parse(sessionStorage.getItem(key));
    if (note && own && (own.user || null) === (note.user || null)) note.workspace = own.workspace;
  } catch {
    // Storage may be forbidden; the server is then asked as on the first visit.
  }
  var paths = ['me', 'time/active', 'time/entries?limit=100', 'clients', 'projects', 'categories', 'tags'];
  // src/lib/public-pages.ts has the same.
  var isPublic =
    /\/(sign-in|setup|forgot|reset|confirm-address|invitation|shared-report|stop-report)\/?$/.test(
      location.pathname,
    );
  // A link of a report is for everyone who has it, whoever is signed in.
  if (/\/(shared|stop)-report\/?$/.test(location.pathname)) paths = [];
  else if (isPublic || (note && note.state === 'out')) paths = ['auth/session'];
  else if (note && note.workspace) {
    paths = paths.map(function (path) {
      return 'workspaces/' + note.workspace + '/' + path;
    });
  }
  var early = {};
  paths.forEach(function (path) {
    var answer = fetch(base + path, { redirect: 'manual' }).then(function (response) {
      return { response: response, received: Date.now() };
    });
    // What fails is asked for again by the page, which says so.
    answer.catch(function () {
      return undefined;
    });
    early[base + path] = { sent: Date.now(), answer: answer };
  });
  window.clockworkEarly = early;
})();

// Asks for what every page shows before the scripts of the page are there: on a slow processor or network, most of the waiting is over
// when they are. src/api/early.ts takes the answers. A file of its own because the Content-Security-Policy allows no inline script.
(function () {
  var paths = ['me', 'time/active', 'time/entries?limit=100', 'clients', 'projects', 'categories', 'tags'];
  var base = new URL('.', document.currentScript.src).href + 'api/';
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

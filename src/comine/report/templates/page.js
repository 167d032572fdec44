"use strict";
(function () {
  const root = document.documentElement;
  const specs = Array.from(document.querySelectorAll("script.spec"));
  const store = {
    get() { try { return window.localStorage.getItem("comine-language"); } catch (error) { return null; } },
    set(value) { try { window.localStorage.setItem("comine-language", value); } catch (error) { return; } },
  };

  function chosen() {
    const asked = /(?:^#|&)lang=(en|zh)/.exec(window.location.hash);
    if (asked) return asked[1];
    const kept = store.get();
    if (kept === "en" || kept === "zh") return kept;
    if (root.hasAttribute("data-fixed")) return root.dataset.lang;
    return (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  function inLanguage(node, lang) {
    if (Array.isArray(node)) return node.map((item) => inLanguage(item, lang));
    if (node === null || typeof node !== "object") return node;
    if (typeof node.en === "string" && typeof node.zh === "string") return node[lang];
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, inLanguage(item, lang)]));
  }

  function draw(lang) {
    const config = { responsive: true, displaylogo: false, showTips: false, modeBarButtonsToRemove: ["lasso2d", "select2d"] };
    return Promise.all(specs.map((spec) => {
      const form = inLanguage(JSON.parse(spec.textContent), lang);
      return Plotly.react(spec.dataset.for, form.data, form.layout, config);
    }));
  }

  function show(lang) {
    root.dataset.lang = lang;
    root.lang = lang === "zh" ? "zh-CN" : "en";
    document.querySelectorAll(".languages button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.to === lang));
    });
    return draw(lang).then(() => { root.dataset.drawn = lang; });
  }

  document.querySelectorAll(".languages button").forEach((button) => {
    button.addEventListener("click", () => {
      const lang = button.dataset.to;
      store.set(lang);
      try { window.history.replaceState(null, "", "#lang=" + lang); } catch (error) { window.location.hash = "lang=" + lang; }
      show(lang);
    });
  });
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll(".plot").forEach((plot) => Plotly.Plots.resize(plot));
  });
  document.fonts.load('16px "Comine Sans"', "岩a0").then(() => show(chosen()), () => show(chosen()));
})();

/* Reading modes, tabs, read-aloud, picture strip. Every page is complete without this file.
   It is loaded in <head> without defer, so that the chosen mode applies before the first paint. */
(() => {
  const root = document.documentElement;
  const STORE = "reading";
  const MODES = { mode: ["elder"], theme: ["dark", "contrast"], size: ["1", "2"], cursor: ["big"] };
  const chosen = {};
  const choose = (name, value) => {
    chosen[name] = MODES[name]?.includes(value) ? value : "";
  };

  try {
    const stored = JSON.parse(localStorage.getItem(STORE)) || {};
    for (const name in MODES) choose(name, stored[name]);
  } catch {
    /* storage may be blocked */
  }
  // ?mode=elder is a link an 80-year-old can be sent
  for (const [name, value] of new URLSearchParams(location.search)) if (name in MODES) choose(name, value);

  const apply = () => {
    for (const name in MODES) {
      if (chosen[name]) root.dataset[name] = chosen[name];
      else delete root.dataset[name];
    }
    try {
      localStorage.setItem(STORE, JSON.stringify(chosen));
    } catch {
      /* the same */
    }
    paint();
  };
  const paint = () =>
    document.querySelectorAll("[data-set][aria-pressed]").forEach((button) => {
      const [name, value] = button.dataset.set.split("=");
      button.setAttribute("aria-pressed", String(chosen[name] === value));
    });
  apply();
  root.classList.add("js");

  const say = (text) => {
    const region = document.getElementById("live");
    if (region) region.textContent = text;
  };

  /* Read aloud, paragraph by paragraph. Words come from data attributes so that a page in another language says its own. */
  let reading = 0; // number of the current reading; an utterance of an older one is ignored
  const speakers = () => document.querySelectorAll("[data-do=speak]");
  const silence = () => {
    reading += 1;
    speechSynthesis.cancel();
    document.querySelectorAll(".speaking").forEach((element) => element.classList.remove("speaking"));
    speakers().forEach((button) => {
      button.setAttribute("aria-pressed", "false");
      button.lastElementChild.textContent = button.dataset.start;
    });
  };
  const speak = () => {
    const active = [...speakers()].some((button) => button.getAttribute("aria-pressed") === "true");
    silence();
    if (active) return;
    const mine = reading;
    const queue = [
      ...document.querySelectorAll("main h1, .prose > :not(.scrollx), main .news a, main .headline a"),
    ].filter((element) => element.offsetParent && element.textContent.trim());
    speakers().forEach((button) => {
      button.setAttribute("aria-pressed", "true");
      button.lastElementChild.textContent = button.dataset.stop;
    });
    const next = () => {
      if (mine !== reading) return;
      document.querySelectorAll(".speaking").forEach((element) => element.classList.remove("speaking"));
      const element = queue.shift();
      if (!element) {
        silence();
        return;
      }
      element.classList.add("speaking");
      element.scrollIntoView({ block: "nearest" });
      const utterance = new SpeechSynthesisUtterance(element.textContent);
      utterance.lang = root.lang;
      utterance.rate = chosen.mode === "elder" ? 0.85 : 1;
      utterance.onend = next;
      utterance.onerror = () => {
        if (mine === reading) silence();
      };
      speechSynthesis.speak(utterance);
    };
    next();
  };

  const report = (link) => {
    // the correction form gets the address and the words the reader marked
    const marked = String(getSelection()).trim().slice(0, 200);
    if (marked) link.href = link.href.replace(/&quote=.*$/, "") + "&quote=" + encodeURIComponent(marked);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-report]");
    if (link) report(link);
    const button = event.target.closest("[data-set], [data-do]");
    if (!button) return;
    if (button.dataset.set) {
      const [name, value] = button.dataset.set.split("=");
      choose(name, chosen[name] === value ? "" : value);
      if (name === "mode" && !chosen.mode) {
        choose("size", "");
        choose("cursor", "");
      }
      apply();
      say(button.textContent.trim() + (chosen[name] ? "，已开启" : "，已关闭"));
    }
    switch (button.dataset.do) {
      case "bigger":
        choose("size", chosen.size ? "2" : "1");
        apply();
        say("字已放大");
        break;
      case "smaller":
        choose("size", chosen.size === "2" ? "1" : "");
        apply();
        say("字已缩小");
        break;
      case "speak":
        speak();
        break;
      case "print":
        print();
        break;
      case "copy":
        navigator.clipboard.writeText(location.href.split("?")[0]).then(() => {
          button.textContent = button.dataset.done;
          say("链接已复制");
        });
        break;
      case "share":
        navigator.share({ title: document.title, url: location.href.split("?")[0] }).catch(() => {
          /* closed by the reader */
        });
        break;
      case "back":
      case "forward": {
        const strip = button.closest(".pic").querySelector(".pic__strip");
        const count = strip.children.length;
        const at = Math.round(strip.scrollLeft / strip.clientWidth) + (button.dataset.do === "back" ? -1 : 1);
        strip.scrollTo({ left: ((at + count) % count) * strip.clientWidth });
      }
    }
  });

  const makeTabs = (box, n) => {
    // headings become tabs; without script they stay headings
    const panels = [...box.children].filter((child) => child.dataset.tab);
    if (panels.length < 2) return;
    const bar = document.createElement("div");
    bar.className = "tabs";
    bar.setAttribute("role", "tablist");
    bar.setAttribute("aria-label", box.dataset.tabs);
    const pick = (chosenIndex, focus) =>
      panels.forEach((panel, index) => {
        const tab = bar.children[index];
        panel.hidden = index !== chosenIndex;
        tab.setAttribute("aria-selected", String(index === chosenIndex));
        tab.tabIndex = index === chosenIndex ? 0 : -1;
        if (index === chosenIndex && focus) tab.focus();
      });
    panels.forEach((panel, index) => {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.id = `tab-${n}-${index}`;
      tab.setAttribute("role", "tab");
      tab.textContent = panel.dataset.tab;
      panel.id ||= `panel-${n}-${index}`;
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      panel.tabIndex = 0;
      const heading = panel.querySelector(":scope > .tabh");
      if (heading) heading.classList.add("vh");
      tab.addEventListener("click", () => pick(index));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) {
          event.preventDefault();
          pick((index + step + panels.length) % panels.length, true);
        }
      });
      bar.append(tab);
    });
    box.prepend(bar);
    pick(0);
  };

  const countPictures = (pic) => {
    const strip = pic.querySelector(".pic__strip"),
      label = pic.querySelector("[data-n]");
    if (!label) return;
    const show = () => {
      label.textContent = `${Math.round(strip.scrollLeft / (strip.clientWidth || 1)) + 1} / ${strip.children.length}`;
    };
    strip.addEventListener("scroll", show, { passive: true });
    show();
  };

  const followContents = (list) => {
    // marks the part now being read
    const links = new Map([...list.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
    const seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries)
          if (entry.isIntersecting)
            links.forEach((link, id) => {
              if (id === entry.target.id) link.setAttribute("aria-current", "true");
              else link.removeAttribute("aria-current");
            });
      },
      { rootMargin: "0px 0px -70% 0px" },
    );
    links.forEach((_, id) => {
      const heading = document.getElementById(id);
      if (heading) seen.observe(heading);
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    paint();
    if (!("speechSynthesis" in window))
      speakers().forEach((button) => {
        button.hidden = true;
      });
    if (!navigator.clipboard)
      document.querySelectorAll("[data-do=copy]").forEach((button) => {
        button.hidden = true;
      });
    if (!navigator.share)
      document.querySelectorAll("[data-do=share]").forEach((button) => {
        button.hidden = true;
      });
    document.querySelectorAll("[data-today]").forEach((element) => {
      element.textContent = new Intl.DateTimeFormat("zh-CN", { dateStyle: "full" }).format(new Date());
    });
    document.querySelectorAll("[data-tabs]").forEach(makeTabs);
    document.querySelectorAll(".pic").forEach(countPictures);
    document.querySelectorAll(".toclist").forEach(followContents);
  });
  addEventListener("pagehide", () => {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  });
})();

/* The engine of the search: what readers type, set against the names and words of pages.

   MiniSearch (minisearch.js) looks into all words; here Chinese is cut into pairs of characters,
   spellings are made one, and names are weighed: who types a name, a part of it, its pinyin or
   its initials looks for that page before any that only speaks of it. */
"use strict";
{
  const RUNS = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu;
  const HAN = /\p{Script=Han}/u;
  const NUMBERS = { 一: 1, 二: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9, 十: 10, 十一: 11, 十二: 12 };
  // What is asked, beside what it is asked about.
  const ASKED = new RegExp(
    "请问|(?:是|要|该|应)?(?:怎么|怎样|如何)(?:来)?(?:计算|统计|得出|定义|考核|看|算)?(?:出来)?的?|什么是|是什么(?:意思)?" +
    "|什么意思|(?:现在|目前)?是?多少|为什么|为何|是?谁(?:来)?(?:负责|管)?|在?哪里|在哪儿?|有?哪些(?:指标|报告|数据)?|有没有|一下" +
    "|的?(?:计算)?(?:公式|方法|定义|口径|含义)(?:是)?|[的呢吗吧了？?]$", "gu");
  const LITTLE = new Set(("a an the of for to in on and or is are was were be how what who where when why which do does did " +
    "we our i you it this that much many can calculated calculate computed compute defined define definition formula mean " +
    "means meaning get find show tell me about").split(" "));
  const WEIGHTS = { name: 6, other: 5, columns: 2.5, unit: 1.5, heads: 2, text: 1 };
  const PRIOR = { card: 8, department: 8, report: 5, scorecard: 3, actions: 3, list: 3, guide: 2, perspective: 1, dataset: -4 };
  const ALIAS = 0.96;   // another name of a page counts a little less than its own
  const COLUMN = 0.62;
  const HEADING = 0.66;
  const SLICE = 12;     // ms of work before the page may do something else

  const compact = (text) => text.replace(/[^\p{L}\p{N}]+/gu, "");
  const stem = (word) => (word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word);
  const clamp = (share) => Math.min(1, share);

  class Engine {
    constructor(data) {
      this.data = data;
      this.simple = new Map();
      const pairs = [...data.simplified]; // traditional, simplified, traditional …
      for (let i = 0; i < pairs.length; i += 2) this.simple.set(pairs[i], pairs[i + 1]);
      this.other = pairs.length ? new RegExp(`[${[...this.simple.keys()].join("")}]`, "gu") : null;
      this.index = new MiniSearch({
        fields: Object.keys(WEIGHTS),
        tokenize: (text) => this.terms(text, true),
        processTerm: (term) => term,
        searchOptions: { tokenize: (text) => this.terms(text, false) },
      });
      this.names = data.pages.map((page) => this.called(page));
      this.full = false;
      this.whole = this.fill();
    }

    /* One spelling for what is the same: width, case, accents, traditional characters, 九月 and 9月. */
    plain(text) {
      if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
      const folded = text.normalize("NFKD").replace(/\p{Mn}/gu, "").normalize("NFC").toLowerCase();
      const simple = this.other ? folded.replace(this.other, (sign) => this.simple.get(sign)) : folded;
      return simple.replace(/(十[一二]|[一二三四五六七八九十])(?=个?(?:月|季度))/g, (number) => NUMBERS[number]);
    }

    /* Latin words without their plural; Chinese in pairs, and in an index the last character alone. */
    terms(text, indexed) {
      const found = [];
      for (const [run] of this.plain(text).matchAll(RUNS)) {
        if (!HAN.test(run)) { found.push(stem(run)); continue; }
        const signs = [...run];
        for (let i = 0; i + 1 < signs.length; i++) found.push(signs[i] + signs[i + 1]);
        if (indexed || signs.length === 1) found.push(signs[signs.length - 1]);
      }
      return found;
    }

    /* Take in the words of all pages, a few at a time: names are there at once, and the reader
       goes on typing meanwhile. `whole` says when it is done. */
    async fill() {
      let until = 0;
      for (const [id, page] of this.data.pages.entries()) {
        if (performance.now() > until) {
          await new Promise((resume) => setTimeout(resume));
          until = performance.now() + SLICE;
        }
        this.add(id, page);
      }
      this.full = true;
    }

    add(id, page) {
      const heads = (page.h || []).map(([text]) => text);
      this.index.add({
        id,
        name: page.n,
        other: (page.o || []).join(" / "),
        unit: page.k === "card" ? this.unit(page) : "",
        columns: (page.c || []).join(" / "),
        heads: heads.join(" / "),
        text: page.x || "",
      });
      this.names[id].push(
        ...(page.c || []).map((text) => this.named(text, COLUMN, { strict: true, column: text })),
        ...heads.map((text, at) => this.named(text, HEADING, { strict: true, at })),
      );
    }

    /* What a page is called, and how that sounds. `as` is an other name that is worth showing. */
    called(page) {
      const brief = page.k === "department";
      const shown = (text) => page.k === "card" && !page.u.includes(`/${text}/`);
      return [
        this.named(page.n, 1, { brief }),
        ...(page.o || []).map((text) => this.named(text, ALIAS, { as: shown(text) ? text : undefined })),
        ...(page.p || []).map((text) => ({ sounds: text.split(" "), factor: ALIAS, brief })),
      ];
    }

    named(text, factor, more) {
      return { ...this.name(text), factor, ...more };
    }

    unit(page) {
      return page.d === undefined ? "" : this.data.units[page.d];
    }

    name(text) {
      const plain = this.plain(text);
      const words = HAN.test(plain) ? [] : (plain.match(RUNS) || []).map(stem);
      const letters = compact(plain);
      return { text: letters, words, han: HAN.test(plain), width: [...letters].length, pairs: pairs(letters) };
    }

    /* Return {total, hits}: pages with what of them was meant, best first, at most `most`. */
    search(typed, most) {
      const found = new Map();
      for (const query of this.readings(typed)) this.weigh(query, found);
      const ranked = [...found].sort(([a, x], [b, y]) => y.score - x.score || a - b);
      const hits = ranked.slice(0, most).map(([id, { as, column, at }]) => ({ page: this.data.pages[id], as, column, at }));
      return { total: ranked.length, hits };
    }

    /* What was typed, and what it asks about if it is a question. */
    readings(typed) {
      const whole = this.reading(typed, 1);
      const asked = this.plain(typed).replace(ASKED, " ");
      const words = (asked.match(RUNS) || []).filter((word) => !LITTLE.has(word));
      const short = this.reading(HAN.test(asked) ? asked.trim() : words.join(" "), 0.97);
      return [whole, short].filter((one, i, all) => one.text && (!i || one.text !== all[0].text));
    }

    reading(typed, factor) {
      const plain = this.plain(typed);
      const parts = plain.split(/\s+/).filter((part) => compact(part));
      return { ...this.name(plain), typed, factor, terms: this.terms(plain, false), parts };
    }

    weigh(query, found) {
      const note = (id, score, best) => {
        const known = found.get(id);
        if (!known || known.score < score) found.set(id, { ...best, score });
      };
      const results = this.inWords(query);
      const top = results.length ? results[0].score : 1;
      const told = new Map(results.map((one) => [one.id, one]));
      for (const [id, names] of this.names.entries()) {
        const result = told.get(id);
        const best = this.bestName(query, id, names, result);
        if (!result && best.score < 20) continue;
        const share = result ? clamp(new Set(result.queryTerms).size / new Set(query.terms).size) : 0;
        const spoken = result ? 26 * (result.score / top) * share * share : 0;
        const words = spoken * (1 - best.score / 140); // a name's words are not counted twice
        const page = this.data.pages[id];
        const score = query.factor * (best.score + words);
        const prior = (PRIOR[page.k] || 0) + Math.min(4, page.i || 0) - (page.l ? 14 : 0);
        note(id, score + prior * clamp(score / 45), best);
      }
    }

    inWords(query) {
      return this.index.search(query.typed, {
        boost: WEIGHTS,
        prefix: (term) => HAN.test(term) || term.length > 1,
        fuzzy: (term) => (HAN.test(term) || term.length < 4 || /\d/.test(term) ? false : term.length < 7 ? 1 : 2),
        maxFuzzy: 2,
      });
    }

    bestName(query, id, names, result) {
      const one = this.best(query, names, result);
      if (query.parts.length < 2 || !query.han) return one;
      const unit = this.name(this.unit(this.data.pages[id]));
      const scores = query.parts.map((part) => {
        const own = this.name(part);
        return Math.max(this.best(own, names).score, 0.7 * this.likeness(own, unit));
      });
      const mean = Math.min(...scores) > 0 ? scores.reduce((a, b) => a + b) / scores.length : 0;
      return mean > one.score ? { score: mean } : one;
    }

    best(query, names, result) {
      let best = { score: 0 };
      for (const name of names) {
        const score = name.factor * (name.sounds ? bySound(query, name) : this.likeness(query, name, result));
        if (score > best.score) best = { score, as: name.as, column: name.column, at: name.at };
      }
      return best;
    }

    /* How much a name is what was typed: 100 the same, 0 nothing alike. */
    likeness(query, name, result) {
      if (!name.text || !query.text) return 0;
      if (name.text === query.text) return 100;
      const share = clamp(query.width / name.width);
      let score = 0;
      if (query.han || name.han) {
        const at = name.text.indexOf(query.text);
        if (at === 0) score = 68 + 22 * share;
        else if (at > 0 && (query.han || query.width > 1)) score = 54 + 24 * share;
        else if (name.width > 1 && query.text.includes(name.text)) score = 34 + 40 * (name.width / query.width);
        else if (query.han && query.width > 1 && !name.strict && scattered(query.text, name.text, name.brief)) score = name.brief ? 84 + 14 * share : 40 + 26 * share;
      } else if (query.width > 3 && name.text.includes(query.text)) {
        score = 30 + 20 * share; // within a word: nothing that is there is said to be missing
      }
      if (query.han && name.han) score = Math.max(score, byPairs(query, name));
      if (query.words.length && name.words.length) score = Math.max(score, byWords(query, name, result));
      return score;
    }
  }

  /* Tell whether the characters stand in the name in this order: 客服 in 客户服务部. The first is to
     stand first, unless the name is one that people shorten from anywhere: 品保 for 用户满意与品质保证部. */
  function scattered(short, long, anywhere) {
    const signs = [...short];
    if (!anywhere && !long.startsWith(signs[0])) return false;
    let next = 0;
    for (const sign of long) if (sign === signs[next]) next++;
    return next === signs.length;
  }

  const pairs = (text) => {
    const signs = [...text];
    return new Set(signs.slice(1).map((sign, i) => signs[i] + sign).filter((pair) => HAN.test(pair)));
  };

  /* Some of the same words in another order, or among others: 处理投诉要多久 for 客户投诉处理关闭率. */
  function byPairs(query, name) {
    let common = 0;
    for (const pair of query.pairs) if (name.pairs.has(pair)) common++;
    const share = common / (query.pairs.size || 1);
    return share < 0.3 ? 0 : 50 * share * (0.5 + 0.5 * (common / name.pairs.size));
  }

  function byWords(query, name, result) {
    const matched = new Set(result ? Object.keys(result.match) : []);
    let exact = 0;
    let near = 0;
    for (const word of new Set(name.words)) {
      if (query.words.includes(word)) exact++;
      else if (matched.has(word)) near++;
    }
    const little = name.words.filter((word) => LITTLE.has(word)).length;
    near = Math.max(0, Math.min(near, new Set(query.words).size - exact)); // what was typed counts once
    const hits = exact + 0.8 * near;
    const asked = clamp(hits / new Set(query.words).size);
    const covered = clamp((exact + near) / Math.max(1, new Set(name.words).size - little));
    const words = asked === 0 ? 0 : 92 * asked * asked * (0.5 + 0.5 * covered);
    const phrase = ` ${name.words.join(" ")} `.includes(` ${query.words.join(" ")} `);
    const together = phrase ? 58 + 30 * clamp(query.words.length / name.words.length) : 0;
    return Math.max(words, together, query.words.length === 1 ? byInitials(query.text, name.words) : 0);
  }

  /* NPS for net promoter score, with and without its little words. */
  function byInitials(typed, words) {
    if (typed.length < 2 || words.length < 2) return 0;
    const initials = words.map((word) => word[0]).join("");
    const large = words.filter((word) => !LITTLE.has(word)).map((word) => word[0]).join("");
    if (typed === initials || typed === large) return 84;
    return typed.length > 2 && large.startsWith(typed) ? 46 : 0;
  }

  /* Pinyin: whole syllables, initials, or both mixed, from the first syllable or from another one. */
  function bySound(query, { sounds, brief }) {
    if (query.han || query.width < 2) return 0;
    let best = 0;
    for (let start = 0; start < sounds.length; start++) {
      const taken = take(query.text, sounds, start);
      if (!taken) continue;
      const share = clamp(taken.used / sounds.length);
      const base = taken.full ? 60 : taken.initials ? (query.width > 2 ? 50 : 30) : 40;
      best = Math.max(best, base + (start ? 0 : brief ? 20 : 8) + 24 * share);
    }
    return best;
  }

  /* Spell `typed` with beginnings of the syllables from `start` on; null where it cannot be. */
  function take(typed, sounds, start) {
    let states = [{ at: 0, full: true, initials: true }];
    for (let i = start; i < sounds.length && states.length; i++) {
      const next = [];
      for (const state of states) {
        for (let size = 1; size <= sounds[i].length; size++) {
          if (!same(typed[state.at + size - 1], sounds[i][size - 1])) break;
          const whole = size === sounds[i].length;
          const at = state.at + size;
          const one = { at, full: state.full && (whole || at === typed.length && size > 1), initials: state.initials && size === 1 };
          if (at === typed.length) return { ...one, used: i - start + 1 };
          next.push(one);
        }
      }
      states = next.sort((a, b) => b.full - a.full);
    }
    return null;
  }

  /* lü is typed lv or lu. */
  const same = (typed, sound) => typed === sound || (sound === "v" && typed === "u");

  globalThis.kpiSearch = {
    /* Called by index.js with the data of this language. */
    take(data) { this.engine = new Engine(data); },
  };
}

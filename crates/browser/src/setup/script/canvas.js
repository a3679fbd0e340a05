// Canvases: what is drawn is counted, so that whoever takes the picture away can be judged by it.
const drawings = new WeakMap();

const drawingOf = (canvas) => {
  let drawing = weakGet(drawings, canvas);
  if (!drawing) {
    drawing = { __proto__: null, seen: { __proto__: null }, chars: 0, colors: 0, saves: 0, listeners: 0 };
    weakSet(drawings, canvas, drawing);
  }
  return drawing;
};

const listenedOnCanvas = (target) => {
  if (isObject(target) && nodeName(target) === "CANVAS") drawingOf(target).listeners += 1;
};

/** Tells of a call; each of its details on its own. */
const called = (api, detail, from) => {
  report("call", api, detail, { __proto__: null, api, detail }, from);
};

{
  const onPage = prototypeOf("HTMLCanvasElement");
  const offPage = prototypeOf("OffscreenCanvas");
  const widths = [accessor(onPage, "width"), accessor(offPage, "width")];
  const heights = [accessor(onPage, "height"), accessor(offPage, "height")];

  const detailOfDrawing = (canvas) => {
    const { chars, colors, saves, listeners } = drawingOf(canvas);
    const width = widths[0](canvas) ?? widths[1](canvas);
    const height = heights[0](canvas) ?? heights[1](canvas);
    return `width=${width} height=${height} chars=${chars} colors=${colors} saves=${saves} listeners=${listeners}`;
  };

  for (const name of ["toDataURL", "toBlob"]) {
    method(onPage, name, (self, values, result, from) => {
      called(`HTMLCanvasElement.${name}`, detailOfDrawing(self), from);
    });
  }
  method(offPage, "convertToBlob", (self, values, result, from) => {
    called("OffscreenCanvas.convertToBlob", detailOfDrawing(self), from);
  });

  for (const name of ["CanvasRenderingContext2D", "OffscreenCanvasRenderingContext2D"]) {
    const holder = prototypeOf(name);
    const canvasOf = accessor(holder, "canvas");
    const fontOf = accessor(holder, "font");
    const drawn = (note) => (self, values, result, from) => {
      const canvas = canvasOf(self);
      if (canvas) note(drawingOf(canvas), values, canvas, from);
    };
    const distinct = (drawing, counter, what) => {
      if (drawing[counter] >= DISTINCT || drawing.seen[what]) return;
      drawing.seen[what] = true;
      drawing[counter] += 1;
    };
    // A colour counts by the text that is written in it, not by the shapes around.
    const wrote = (style) => (self, values) => {
      const canvas = canvasOf(self);
      if (!canvas) return;
      const drawing = drawingOf(canvas);
      const written = text(values[0], DISTINCT);
      const color = style(self);
      for (let at = 0; at < written.length; at++) distinct(drawing, "chars", slice(written, at, at + 1));
      if (typeof color === "string" && written) distinct(drawing, "colors", `color ${slice(color, 0, WORD)}`);
    };
    method(holder, "fillText", wrote(accessor(holder, "fillStyle")));
    method(holder, "strokeText", wrote(accessor(holder, "strokeStyle")));
    for (const verb of ["save", "restore"]) method(holder, verb, drawn((drawing) => { drawing.saves += 1; }));
    method(holder, "getImageData", drawn((drawing, values, canvas, from) => {
      const area = abs(values[2] * values[3]) || 0;
      called("CanvasRenderingContext2D.getImageData", `${detailOfDrawing(canvas)} area=${area}`, from);
    }));
    method(holder, "measureText", (self, values, result, from) => measured(fontOf(self), values[0], from));
  }

  // Fonts are counted for the realm, and told as they become many: a stack for each call would make charts slow.
  const fonts = { __proto__: null };
  const texts = { __proto__: null };
  let [different, told, most, words] = [0, 0, 0, 0];
  const measured = (font, word, from) => {
    if (typeof font !== "string" || typeof word !== "string") return;
    const known = slice(word, 0, WORD);
    if (texts[known] === undefined && (words += 1) > DISTINCT) return;
    texts[known] = (texts[known] || 0) + 1;
    if (texts[known] > most) most = texts[known];
    if (fonts[font] || different >= FONTS) return;
    fonts[font] = true;
    different += 1;
    if (different < FIRST_FONTS || different < told + FIRST_FONTS) return;
    told = different;
    called("CanvasRenderingContext2D.measureText", `fonts=${different} same_text=${most}`, from);
  };
}

// Unpacks columns of numbers; the counterpart of `columns.numbers`.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const values = new Uint8Array(128);
for (let place = 0; place < alphabet.length; place += 1) values[alphabet.charCodeAt(place)] = place;

/**
 * @param {string} packed "digits:cells"; a cell is nothing ("A"), or one more than its zigzag difference from the last.
 * @returns {(number | null)[]}
 */
function unpackColumn(packed) {
  const colon = packed.indexOf(":");
  const unit = 10 ** Number(packed.slice(0, colon));
  const found = [];
  let last = 0;
  let place = colon + 1;
  while (place < packed.length) {
    let cell = 0;
    let factor = 1;
    let group;
    do {
      group = values[packed.charCodeAt(place)];
      place += 1;
      cell += (group & 31) * factor;
      factor *= 32;
    } while (group & 32);
    if (cell === 0) found.push(null);
    else {
      const step = cell - 1;
      last += step % 2 ? -(step + 1) / 2 : step / 2;
      found.push(last / unit);
    }
  }
  return found;
}

// Columns become lists when they are first asked for, so that only what is looked at is unpacked.
function lazily(record, names) {
  for (const name of names) {
    const packed = record[name];
    if (typeof packed !== "string") continue;
    Object.defineProperty(record, name, {
      configurable: true, enumerable: true,
      get() {
        const unpacked = unpackColumn(packed);
        Object.defineProperty(record, name, { value: unpacked, enumerable: true });
        return unpacked;
      },
    });
  }
}

export { unpackColumn, lazily };

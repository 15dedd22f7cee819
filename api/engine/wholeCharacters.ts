/** Holds back the first half of a surrogate pair until the second arrives: JSON may carry them in two events. */
export class WholeCharacters {
  #held = '';

  push(piece: string): string {
    const text = this.#held + piece;
    const isHalf = /[\ud800-\udbff]$/.test(text);
    this.#held = isHalf ? text.slice(-1) : '';
    return (isHalf ? text.slice(0, -1) : text).toWellFormed();
  }
}

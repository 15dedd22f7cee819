/** Holds back the first half of a surrogate pair until the second arrives: JSON may carry them in two lines or events. */
export class WholeCharacters {
  #held = '';

  push(chunk: string): string {
    const text = this.#held + chunk;
    const last = text.charCodeAt(text.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.#held = isHalf ? text.slice(-1) : '';
    return (isHalf ? text.slice(0, -1) : text).toWellFormed();
  }
}

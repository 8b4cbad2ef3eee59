/** `1 node`, `2 nodes`. @param several - @default - the noun with an 's' */
export const count = (number: number, noun: string, several = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : several}`;

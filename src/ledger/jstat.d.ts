/** The one part of jstat that is used; the package brings no types. */
declare module 'jstat' {
  const jStat: {
    readonly beta: {
      /** The value below which a Beta(alpha, beta) variable lies with probability p. */
      inv(p: number, alpha: number, beta: number): number;
    };
  };
  export default jStat;
}

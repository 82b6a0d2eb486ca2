/** The parts of jstat that are used; the package brings no types. */
declare module 'jstat' {
  const jStat: {
    readonly beta: {
      /** The value below which a Beta(alpha, beta) variable lies with probability p. */
      inv(p: number, alpha: number, beta: number): number;
    };
    readonly binomial: {
      /** The probability of at most k successes among n at rate p. */
      cdf(k: number, n: number, p: number): number;
    };
    /** The logarithm of the beta function. */
    betaln(alpha: number, beta: number): number;
  };
  export default jStat;
}

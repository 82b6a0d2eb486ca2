/**
 * While something has to be put back whatever happens: an error that nobody catches becomes a signal instead of the end of
 * the process, and so does a terminal that is closed. Gives the process back when released.
 */
export function holdProcess(onError: (error: unknown) => void): { release(): void } {
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', onError);
  // As a signal that the interrupt knows.
  const hangUp = (): void => void process.emit('SIGTERM', 'SIGTERM');
  process.on('SIGHUP', hangUp);
  return {
    release: () => {
      process.off('uncaughtException', onError);
      process.off('SIGHUP', hangUp);
      for (const listener of before) process.on('uncaughtException', listener);
    },
  };
}

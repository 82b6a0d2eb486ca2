/** Pusher's documented limits on what is published. Data is counted in bytes of UTF-8. */
export const dataBytes = 10 * 1024;
export const eventNameCharacters = 200;
export const channelsPerEvent = 100;
export const eventsPerBatch = 10;

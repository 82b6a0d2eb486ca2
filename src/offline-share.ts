import { parentPort, workerData } from 'node:worker_threads';
import { booksOf, type Task } from './offline.js';
import type { Share } from './recording/byte-frame.js';

/** One share of an offline run, in a thread of its own. What could not be read is told by the first share alone. */
const { task, share } = workerData as { task: Task; share: Share };
void booksOf(task, share, () => {}).then((books) => parentPort?.postMessage(books));

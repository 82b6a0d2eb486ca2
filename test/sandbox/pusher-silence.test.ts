import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Connection } from '../../src/sandbox/pusher/connection.js';

/** A socket that writes down what is done to it. */
class Scribe extends EventEmitter {
  readonly readyState = WebSocket.OPEN;
  readonly did: string[] = [];
  send(text: string): void {
    this.did.push((JSON.parse(text) as { event: string }).event);
  }
  close(code: number): void {
    this.did.push(`close ${code}`);
  }
}

let socket: Scribe;
let connection: Connection;
let gone: number;
beforeEach(() => {
  vi.useFakeTimers();
  socket = new Scribe();
  gone = 0;
  connection = new Connection(
    socket as unknown as WebSocket,
    { activityTimeoutS: 120, pongTimeoutS: 30 },
    () => gone++,
  );
});
afterEach(() => void vi.useRealTimers());

test('the server asks after 120 s of silence, not a millisecond earlier, and gives up 30 s later', () => {
  vi.advanceTimersByTime(119_999);
  expect(socket.did).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(socket.did).toEqual(['pusher:ping']);
  vi.advanceTimersByTime(29_999);
  expect(socket.did).toEqual(['pusher:ping']);
  expect(gone).toBe(0);
  vi.advanceTimersByTime(1);
  expect(socket.did).toEqual(['pusher:ping', 'close 4201']);
  expect(gone).toBe(1);
});

test.each(['message', 'ping'])('any %s counts as a sign of life, before the question and after it', (sign) => {
  vi.advanceTimersByTime(119_999);
  socket.emit(sign);
  vi.advanceTimersByTime(119_999);
  expect(socket.did).toEqual([]);
  vi.advanceTimersByTime(1 + 29_999);
  expect(socket.did).toEqual(['pusher:ping']);
  socket.emit(sign);
  vi.advanceTimersByTime(119_999);
  expect(socket.did).toEqual(['pusher:ping']);
  vi.advanceTimersByTime(1);
  expect(socket.did).toEqual(['pusher:ping', 'pusher:ping']);
});

test('a closed connection leaves no timer behind', () => {
  vi.advanceTimersByTime(120_000);
  socket.emit('close');
  expect(vi.getTimerCount()).toBe(0);
  expect(gone).toBe(1);
});

test('a socket id is two numbers with a point between', () => {
  expect(connection.socketId).toMatch(/^\d+\.\d+$/);
});

import type { PhoenixOptions } from '../../src/sandbox/phoenix-server.js';

/** The application that the captured servers ran, as far as its frames tell: fixtures/wire/phoenix-*.txt. */
export function capturedApplication(slow: Promise<void> = Promise.resolve()): PhoenixOptions {
  return {
    presence: true,
    connect: ({ token }) => (token === undefined ? 403 : token === 'deny' ? 401 : { user: token }),
    async join(user, topic, payload) {
      if (!topic.startsWith('feed:')) return undefined;
      if (user === 'bad' && topic === 'feed:42') return { error: 'unauthorized' };
      if (topic === 'feed:crash') throw new Error('as scripted');
      if (topic === 'feed:slow') {
        await slow;
        return { ok: {} };
      }
      return { ok: { account: topic.slice('feed:'.length), echo: payload } };
    },
    onPush(_user, _topic, event, payload, channel) {
      switch (event) {
        case 'echo':
          return { ok: payload };
        case 'fail':
          return { error: payload };
        case 'ok':
          return { ok: {} };
        case 'shout':
          channel.broadcast('shout', JSON.stringify(payload));
          return undefined;
        case 'shout_from':
          channel.broadcastFrom('shout_from', JSON.stringify(payload));
          return undefined;
        case 'bin':
          channel.push('bin', Buffer.from('000102ff', 'hex'));
          return { ok: Buffer.from('0909', 'hex') };
        case 'stop':
          return { stop: true };
        case 'stop_shutdown':
          return { ok: { bye: true }, stop: true };
        default:
          throw new Error(`No clause for ${event}, as scripted.`);
      }
    },
  };
}

/// <reference lib="dom" />
import { h } from './dom.js';

/** Is told whenever light turned to dark, or back. */
const listeners: (() => void)[] = [];

export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

/** As the system has it until the reader chooses. */
export function themeButton(): HTMLElement {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = (): boolean => (root.dataset['theme'] ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const button = h('button', { type: 'button', class: 'theme' });
  const say = (): void => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Use ${isDark() ? 'light' : 'dark'} colours`);
    for (const listener of listeners) listener();
  };
  button.addEventListener('click', () => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark';
    say();
  });
  system.addEventListener('change', say);
  say();
  return button;
}

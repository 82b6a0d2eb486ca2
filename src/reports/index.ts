import type { Report } from '../model/report.js';
import { github } from './github.js';
import { html } from './html.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { terminal } from './terminal.js';

/** A report as text that ends in a line break. Pure: what it needs to know of the place it is read in is passed in. */
export type Render = (report: Report, options: { readonly width: number; readonly colour: boolean }) => string;

/** Every report by the name it has on the command line. */
export const REPORTS: Readonly<Record<string, Render>> = { terminal, json, junit, markdown, github, html };

#!/usr/bin/env node
import { main } from '../dist/cli.js';
// Everything has been written by now; a library's forgotten timer shall not keep the process.
process.exit(await main(process.argv));

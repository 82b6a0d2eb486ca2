/** Sets bytes aside, aligned to 16 and zero. Ends the run where there are none left (kernel.ts). */
export declare function reserve(size: usize): usize;

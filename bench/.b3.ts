import { measureDecode } from "./decode-speed.ts";

for (const r of measureDecode([2, 2, 256], 40))
  console.log(r.cpus, r.ms.median.toFixed(1), r.ms.min.toFixed(1), r.nsPerCell.toFixed(1));

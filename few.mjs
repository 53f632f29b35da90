import { Release } from "./release.mjs"; import * as D from "./driven.mjs";
const r=new Release("/work/site/2025"); const b=await D.launch("/usr/bin/chromium"); const v=new D.Visit(b,r);
await D.pictures(v,["index.html","ru/index.html","kk/region/101000000.html","ru/region/103200000.html","ru/indicator/1.1.html"],"/tmp/b/s4"); await b.close();

use std::path::Path;
#[test]
fn measure() {
    let root = std::env::var("ROOT").unwrap_or(".".into());
    let reader = esep::grid::Reader::InProcess;
    let project = esep::project::load(Path::new(&root), &reader).unwrap();
    let c = project.computed.as_ref().unwrap();
    let start = std::time::Instant::now();
    let all = esep::protect::disclosure(c.inside(&project.diagnostics));
    println!("protect {:?}", start.elapsed());
    for p in &all {
        let s = &p.system;
        let prim = s.counts.iter().filter(|c| c.is_small && c.is_printed()).count();
        let withheld = p.proposal.withheld.iter().filter(|w| **w).count();
        println!(
            "{:?} counts {} equations {} primary {prim} withheld {withheld} shut {:?} leaks {}",
            p.period,
            s.counts.len(),
            s.equations.len(),
            p.shut,
            p.leaks.len()
        );
        std::fs::write(format!("/tmp/jj/esep-{}.jj", p.period.0), esep::protect::jj::text(p)).unwrap();
        let mut by = std::collections::BTreeMap::new();
        for (i, (ct, w)) in s.counts.iter().zip(&p.proposal.withheld).enumerate() {
            for pl in &ct.places {
                let e = by
                    .entry((
                        c.specs.indicator(pl.indicator).id.clone(),
                        c.specs.hierarchy.region(pl.region).level.0,
                        format!("{:?}", pl.which).chars().take(4).collect::<String>(),
                        pl.slice > 0,
                    ))
                    .or_insert((0, 0, 0));
                e.0 += 1;
                if *w {
                    e.1 += 1;
                    if ct.is_small {
                        e.2 += 1
                    }
                }
                if p.period.0 == 2
                    && *w
                    && !ct.is_small
                    && pl.slice == 0
                    && c.specs.hierarchy.region(pl.region).level.0 < 2
                    && !format!("{:?}", pl.which).starts_with("Part")
                {
                    println!(
                        "WHY {} = {} for {:?}",
                        p.name(&c.specs, i),
                        ct.value,
                        p.proposal.sake.get(&i).map(|k| (p.name(&c.specs, *k), s.counts[*k].value))
                    );
                }
            }
        }
        if p.period.0 == 2 {
            for (k, v) in by {
                println!("   {k:?} printed {} withheld {} primary {}", v.0, v.1, v.2);
            }
        }
    }
}

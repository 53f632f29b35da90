//! Threads on which documents are set: `typst::compile` uses rayon inside, and needs its own stack and its own pool.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `work` on every item, on threads of its own. `typst::compile` uses rayon inside; called from rayon's pool, compilations nest on one
/// stack until memory runs out. Where the system refuses some threads, there are fewer.
///
/// # Errors
/// When not a single thread can be started.
pub fn for_each<T: Sync>(items: &[T], workers: usize, work: impl Fn(&T) + Sync) -> std::io::Result<()> {
    let pool = || rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(16 << 20).build();
    let own = pool().map_err(std::io::Error::other)?;
    let others: Vec<rayon::ThreadPool> = (1..workers.min(items.len())).map_while(|_| pool().ok()).collect();
    let next = AtomicUsize::new(0);
    let turn = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(item);
        }
    };
    std::thread::scope(|scope| {
        for other in &others {
            // A pool without a waiting thread does nothing.
            let _ = std::thread::Builder::new().spawn_scoped(scope, || other.install(turn));
        }
        own.install(turn);
    });
    Ok(())
}

/// Does one piece of work as [`for_each`] does, on a thread of its own, so that the thread's time is that of the work. Where the system
/// refuses the thread, the work is done on this one.
pub fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(16 << 20).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

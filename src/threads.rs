//! Threads for one piece of work, which end after it. `typst::compile` uses rayon inside, and needs its own stack and its own pool; what divides
//! itself among threads leaves less memory behind when they end.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// Runs `work` on every item, on threads of its own. `typst::compile` uses rayon inside; called from rayon's pool, compilations nest on one
/// stack until memory runs out. Where the system refuses some threads, there are fewer.
///
/// # Errors
/// When not a single thread can be started.
pub fn for_each<T: Sync>(items: &[T], workers: usize, work: impl Fn(&T) + Sync) -> std::io::Result<()> {
    let own = single().map_err(std::io::Error::other)?;
    let others: Vec<ThreadPool> = (1..workers.min(items.len())).map_while(|_| single().ok()).collect();
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
    on(single(), work)
}

/// Does work that divides itself, on as many threads of its own as rayon uses otherwise. What mimalloc keeps for a thread goes back to the system
/// once the thread has ended. Where the system refuses the threads, those that are always there do the work.
pub fn together<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    on(ThreadPoolBuilder::new().stack_size(8 << 20).build(), work)
}

/// A thread with a stack on which Typst can nest deeply.
fn single() -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(1).stack_size(16 << 20).build()
}

fn on<T: Send>(pool: Result<ThreadPool, ThreadPoolBuildError>, work: impl FnOnce() -> T + Send) -> T {
    match pool {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

//! Five hundred connections that drip their headers, from ten addresses of this machine, beside ordinary requests.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::client::{Pool, connect, quantile, run as ask};
use super::generate::Random;
use super::server::Server;
use super::{mix, row};

const SLOW: u16 = 500;
const ADDRESSES: u16 = 10;

pub async fn run(server: &Server, pool: &Pool, random: &mut Random) -> anyhow::Result<()> {
    let lasts = Duration::from_secs(12);
    let usual = ask(pool, 200, lasts, || mix::next(random)).await;
    let mut dripping = tokio::task::JoinSet::new();
    for nth in 0..SLOW {
        let (to, from) = (server.address(), [127, 0, 1, 1 + (nth % ADDRESSES) as u8]);
        dripping.spawn(async move {
            let mut stream = connect(to, Some(SocketAddr::from((from, 0)))).await?;
            let start = Instant::now();
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: load.example\r\nX-Slow: ").await;
            let mut byte = [0_u8; 256];
            // A byte a second until the server has had enough; a minute at most.
            for _ in 0..60 {
                match tokio::time::timeout(Duration::from_secs(1), stream.read(&mut byte)).await {
                    Ok(Ok(0) | Err(_)) => return anyhow::Ok(start.elapsed()),
                    Ok(Ok(_)) => {}
                    Err(_) => {
                        if stream.write_all(b"a").await.is_err() {
                            return Ok(start.elapsed());
                        }
                    }
                }
            }
            Ok(start.elapsed())
        });
    }
    let beside = ask(pool, 200, lasts, || mix::next(random)).await;
    let mut closed = Vec::new();
    let mut unheard = 0;
    while let Some(done) = dripping.join_next().await {
        match done? {
            Ok(after) => closed.push(after),
            Err(_) => unheard += 1,
        }
    }
    let last = closed.iter().max().copied().unwrap_or_default().as_secs_f64();
    row(
        &format!("slow connections closed (of {SLOW}; {unheard} not taken); the last after"),
        &format!("{}; {last:.1} s", closed.len()),
    );
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1_000.0);
    row(
        "99 % of others without them / beside them",
        &format!("{} / {}", ms(quantile(&usual, 0.99)), ms(quantile(&beside, 0.99))),
    );
    let wrong = beside.iter().filter(|sample| sample.status != 200).count();
    row("others answered other than 200 beside them", &format!("{wrong} of {}", beside.len()));
    Ok(())
}

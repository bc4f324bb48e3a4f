//! Reads the body of an answer within bounds, whatever length the server claims.

use reqwest::Response;

/// How the body of an answer ended.
pub(super) enum End {
    Whole,
    TooLarge,
    Broken(reqwest::Error),
}

/// Returns as much of the body as came and fits into `limit` bytes, after decompression.
pub(super) async fn read(response: &mut Response, limit: usize) -> (Vec<u8>, End) {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return (body, End::Whole),
            Ok(Some(chunk)) => {
                let room = limit - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    return (body, End::TooLarge);
                }
            }
            Err(error) => return (body, End::Broken(error)),
        }
    }
}

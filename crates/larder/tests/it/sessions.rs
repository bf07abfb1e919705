//! Logging out.

use larder::nvx::Code;

use crate::double::Double;

#[tokio::test]
async fn a_logout_ends_the_session_if_there_is_one() {
    let (client, _, double) = Double::default().start().await;
    client.logout().await.unwrap();
    assert!(double.heard().is_empty(), "nobody logs in to log out");
    client.list_all("").await.unwrap();
    client.logout().await.unwrap();
    client.logout().await.unwrap();
    client.list_all("").await.unwrap();
    assert_eq!(double.heard(), ["login", "page 1", "logout", "login", "page 1"]);
}

#[tokio::test]
async fn a_session_that_the_service_has_ended_is_ended() {
    let (client, _, double) = Double { logout: || Err(Code::SessionNotFound.into()), ..Double::default() }.start().await;
    client.list_all("").await.unwrap();
    client.logout().await.unwrap();
    client.list_all("").await.unwrap();
    assert_eq!(double.heard(), ["login", "page 1", "logout", "login", "page 1"]);
}

#[tokio::test]
async fn another_refusal_of_a_logout_is_told() {
    let (client, _, _double) =
        Double { logout: || Err(Code::MissingRequiredParameter.into()), ..Double::default() }.start().await;
    client.list_all("").await.unwrap();
    let error = client.logout().await.unwrap_err();
    assert!(error.code() == Some(Code::MissingRequiredParameter) && !error.is_retryable(), "{error}");
}

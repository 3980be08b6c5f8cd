//! DynamoDB, SES and SSM for the command. Without the feature `aws` the error says how to get them.

#[cfg(feature = "aws")]
pub(crate) use built::{mailer, put_secrets, secrets_there, store};
#[cfg(not(feature = "aws"))]
pub(crate) use missing::{mailer, put_secrets, secrets_there, store};

#[cfg(feature = "aws")]
mod built {
    use crate::failure::Failure;
    use handler::cloud::{Clients, Settings, parameters};
    use handler::crypto::secrets::Secrets;
    use handler::mail::mailer::{Mailer, SesMailer};
    use handler::store::{Access, DynamoDbStore, Store};
    use std::sync::Arc;

    fn settings() -> Result<Settings, Failure> {
        Settings::read(&|name| std::env::var(name).ok()).map_err(Failure::cannot_run)
    }

    /// The tables named by the environment, which must belong to the desk of these secrets.
    pub(crate) async fn store(
        secrets: &Secrets,
        access: Access,
    ) -> Result<Arc<dyn Store>, Failure> {
        let settings = settings()?;
        let client = Clients::new(&settings.place).dynamodb;
        let store = DynamoDbStore::new(&client, settings.tables);
        store.must_be_of(&secrets.desk_id(), access).await.map_err(Failure::cannot_run)?;
        Ok(Arc::new(store))
    }

    /// SES, with the configuration set named by the environment.
    pub(crate) fn mailer() -> Result<Arc<dyn Mailer>, Failure> {
        let settings = settings()?;
        let client = Clients::new(&settings.place).ses;
        Ok(Arc::new(SesMailer::new(client, settings.configuration_set)))
    }

    /// The keys in the parameter named by the environment.
    pub(crate) async fn secrets_there() -> Result<Option<Secrets>, Failure> {
        let settings = settings()?;
        let client = Clients::new(&settings.place).ssm;
        let secrets = parameters::secrets(&client, &settings.secrets_parameter).await;
        secrets.map_err(Failure::cannot_run)
    }

    /// Writes the keys into that parameter, if it doesn't exist.
    pub(crate) async fn put_secrets(secrets: &Secrets) -> Result<(), Failure> {
        let settings = settings()?;
        let client = Clients::new(&settings.place).ssm;
        let put = parameters::put_secrets(&client, &settings.secrets_parameter, secrets).await;
        put.map_err(Failure::cannot_run)
    }
}

#[cfg(not(feature = "aws"))]
mod missing {
    use crate::failure::Failure;
    use handler::crypto::secrets::Secrets;
    use handler::mail::mailer::Mailer;
    use handler::store::{Access, Store};
    use std::sync::Arc;

    fn missing<T>() -> Result<T, Failure> {
        Err(Failure::CannotRun(
            "this build has neither DynamoDB nor SES: build it with `--features aws`, as in \
             `cargo run --release --features aws -- serve --store dynamodb`"
                .to_owned(),
        ))
    }

    pub(crate) async fn store(_: &Secrets, _: Access) -> Result<Arc<dyn Store>, Failure> {
        missing()
    }

    pub(crate) fn mailer() -> Result<Arc<dyn Mailer>, Failure> {
        missing()
    }

    pub(crate) async fn secrets_there() -> Result<Option<Secrets>, Failure> {
        missing()
    }

    pub(crate) async fn put_secrets(_: &Secrets) -> Result<(), Failure> {
        missing()
    }
}

//! The list of an API's operations, from which everything that must know them all is made.

/// Makes, of one row per operation: the enum `Name` with its facts and decoding, the enums `Request` and `Answer`, the
/// trait `Handler` (each method answers "not implemented" unless overridden) and the function `dispatch`.
///
/// A row is `Variant = operation type => handler method;`. Rows of uploads and downloads have no method: their files do
/// not fit into a value, so whoever serves them does it by hand (see [`Duty`](crate::Duty)).
///
/// `schemas if feature = "…";` after the API adds `schema::Schemas` under that configuration of your crate; it
/// needs `schemars::JsonSchema` of every operation and answer, and this crate's feature `schema`.
///
/// Adding an operation means its type, its row, and its fixtures.
#[macro_export]
macro_rules! catalog {
    (api $api:ty; unary $($rest:tt)*) => {
        $crate::catalog! { api $api; schemas if any(); unary $($rest)* }
    };
    (
        api $api:ty;
        schemas if $schemas:meta;
        unary { $($unary:ident = $operation:ty => $method:ident;)* }
        upload { $($upload:ident = $sent:ty;)* }
        download { $($download:ident = $fetched:ty;)* }
    ) => {
        $(const _: () = assert!(matches!(<$operation as $crate::Operation>::META.kind, $crate::Kind::Unary));)*
        $(const _: () = assert!(matches!(<$sent as $crate::Operation>::META.kind, $crate::Kind::Upload));)*
        $(const _: () = assert!(matches!(<$fetched as $crate::Operation>::META.kind, $crate::Kind::Download));)*

        /// The operations by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Name {
            $(#[doc = concat!("See [`", stringify!($operation), "`].")] $unary,)*
            $(#[doc = concat!("See [`", stringify!($sent), "`].")] $upload,)*
            $(#[doc = concat!("See [`", stringify!($fetched), "`].")] $download,)*
        }

        impl Name {
            /// The refusals listed for it: see [`Operation::FAULTS`]($crate::Operation::FAULTS).
            #[must_use]
            pub const fn faults(self) -> &'static [<$api as $crate::Api>::Documented] {
                match self {
                    $(Self::$unary => <$operation as $crate::Operation>::FAULTS,)*
                    $(Self::$upload => <$sent as $crate::Operation>::FAULTS,)*
                    $(Self::$download => <$fetched as $crate::Operation>::FAULTS,)*
                }
            }
        }

        /// A request of any operation.
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum Request {
            $(#[doc = concat!("See [`", stringify!($operation), "`].")] $unary($operation),)*
            $(#[doc = concat!("See [`", stringify!($sent), "`].")] $upload($sent),)*
            $(#[doc = concat!("See [`", stringify!($fetched), "`].")] $download($fetched),)*
        }

        /// An answer of any operation.
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum Answer {
            $(#[doc = concat!("Of [`", stringify!($operation), "`].")] $unary(<$operation as $crate::Operation>::Answer),)*
            $(#[doc = concat!("Of [`", stringify!($sent), "`].")] $upload(<$sent as $crate::Operation>::Answer),)*
            $(#[doc = concat!("Of [`", stringify!($fetched), "`].")] $download(<$fetched as $crate::Operation>::Answer),)*
        }

        impl $crate::operation::Names for Name {
            type Request = Request;

            const ALL: &'static [Self] = &[$(Self::$unary,)* $(Self::$upload,)* $(Self::$download,)*];

            fn meta(self) -> &'static $crate::Meta {
                match self {
                    $(Self::$unary => &<$operation as $crate::Operation>::META,)*
                    $(Self::$upload => &<$sent as $crate::Operation>::META,)*
                    $(Self::$download => &<$fetched as $crate::Operation>::META,)*
                }
            }

            fn decode<D: $crate::operation::Decode>(self, decoder: D) -> Result<Request, $crate::Reject> {
                match self {
                    $(Self::$unary => decoder.decode::<$operation>().map(Request::$unary),)*
                    $(Self::$upload => decoder.decode::<$sent>().map(Request::$upload),)*
                    $(Self::$download => decoder.decode::<$fetched>().map(Request::$download),)*
                }
            }

            fn visit<V: $crate::operation::Visit>(self, visitor: V) -> V::Output {
                match self {
                    $(Self::$unary => visitor.visit::<$operation>(),)*
                    $(Self::$upload => visitor.visit::<$sent>(),)*
                    $(Self::$download => visitor.visit::<$fetched>(),)*
                }
            }
        }

        #[cfg($schemas)]
        impl $crate::schema::Schemas for Name {
            fn request(self, generator: &mut $crate::schema::SchemaGenerator) -> $crate::schema::Schema {
                match self {
                    $(Self::$unary => <$operation as $crate::schema::JsonSchema>::json_schema(generator),)*
                    $(Self::$upload => <$sent as $crate::schema::JsonSchema>::json_schema(generator),)*
                    $(Self::$download => <$fetched as $crate::schema::JsonSchema>::json_schema(generator),)*
                }
            }

            fn answer(self, generator: &mut $crate::schema::SchemaGenerator) -> $crate::schema::Schema {
                match self {
                    $(Self::$unary => $crate::schema::of_answer::<$operation>(generator),)*
                    $(Self::$upload => $crate::schema::of_answer::<$sent>(generator),)*
                    $(Self::$download => $crate::schema::of_answer::<$fetched>(generator),)*
                }
            }
        }

        impl $crate::operation::Requests for Request {
            fn inspect<I: $crate::operation::Inspect>(&self, inspector: I) -> I::Output {
                match self {
                    $(Self::$unary(request) => inspector.inspect::<$operation>(request),)*
                    $(Self::$upload(request) => inspector.inspect::<$sent>(request),)*
                    $(Self::$download(request) => inspector.inspect::<$fetched>(request),)*
                }
            }
        }

        impl $crate::operation::Answers for Answer {
            fn encode<E: $crate::operation::Encode>(&self, encoder: E) -> E::Output {
                match self {
                    $(Self::$unary(answer) => encoder.encode::<$operation>(answer),)*
                    $(Self::$upload(answer) => encoder.encode::<$sent>(answer),)*
                    $(Self::$download(answer) => encoder.encode::<$fetched>(answer),)*
                }
            }
        }

        /// Serves operations. Every method answers "not implemented" unless it is overridden.
        pub trait Handler: Send + Sync {
            /// Who asks, as the embedder knows it.
            type Caller: Send + Sync;

            $(
                #[doc = concat!("Serves [`", stringify!($operation), "`].")]
                fn $method(
                    &self,
                    caller: &Self::Caller,
                    request: $operation,
                ) -> impl ::core::future::Future<
                    Output = Result<<$operation as $crate::Operation>::Answer, <$api as $crate::Api>::Fault>,
                > + Send {
                    let _ = (caller, request);
                    let flaw = $crate::RequestFlaw::NotImplemented;
                    ::core::future::ready(Err(<$api as $crate::Api>::fault(flaw, Some(Name::$unary))))
                }
            )*
        }

        /// Hands a request to the method of its operation. Uploads and downloads are "not implemented" here: their
        /// files do not fit into a value.
        ///
        /// # Errors
        /// What the method says.
        pub async fn dispatch<H: Handler>(
            handler: &H,
            caller: &H::Caller,
            request: Request,
        ) -> Result<Answer, <$api as $crate::Api>::Fault> {
            match request {
                $(Request::$unary(request) => handler.$method(caller, request).await.map(Answer::$unary),)*
                $(Request::$upload(_) => {
                    Err(<$api as $crate::Api>::fault($crate::RequestFlaw::NotImplemented, Some(Name::$upload)))
                })*
                $(Request::$download(_) => {
                    Err(<$api as $crate::Api>::fault($crate::RequestFlaw::NotImplemented, Some(Name::$download)))
                })*
            }
        }
    };
}

using System.Net;
using Engine.Fields;
using Engine.Http2;
using Engine.Tunnels.Headers;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tunnels;

/// <summary>The control stream of a connection as the connector serves it, from the registration to the unregistration.</summary>
/// <remarks>One for a connection, before the edge has opened the stream already. Thread-safe.</remarks>
internal sealed class ControlStream
{
    // How long running streams have when the edge ended the control stream: the connector dials anew meanwhile.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30);

    // How long the edge has to take the end of a connection that it refused.
    private static readonly TimeSpan RefusedTimeout = TimeSpan.FromSeconds(1);

    private readonly TunnelConnection _connection;
    private readonly TunnelRegistration _registration;
    private readonly IPAddress? _localAddress;
    private readonly TunnelConnectionOptions _options;
    private readonly TaskCompletionSource _opened = new();
    private readonly TaskCompletionSource<ConnectionDetails> _registered = new();
    private readonly TaskCompletionSource _finished = new();
    private RegistrationClient? _client;
    private int _isServing;

    public ControlStream(TunnelConnection connection, TunnelRegistration registration, IPAddress? localAddress, TunnelConnectionOptions options)
    {
        _connection = connection;
        _registration = registration;
        _localAddress = localAddress;
        _options = options;
    }

    public Task<ConnectionDetails> Registered => _registered.Task;

    public IReadOnlyList<string> EdgeFeatures { get; private set; } = [];

    /// <summary>Whether the connector asked the edge to send nothing new.</summary>
    public bool IsUnregistered { get; private set; }

    /// <summary>The RPC client of a registered connection.</summary>
    public RegistrationClient Client => _registered.Task.IsCompletedSuccessfully && _client is { } client
        ? client
        : throw new InvalidOperationException("The connection is not registered.");

    /// <summary>Gives the connection up when the edge does not open the stream in time.</summary>
    public async Task WatchOpeningAsync()
    {
        try
        {
            await _opened.Task.WaitAsync(_options.ControlStreamTimeout, _options.TimeProvider);
        }
        catch (TimeoutException)
        {
            await RefuseAsync(new RegistrationRefusedException(
                $"it opened no control stream within {_options.ControlStreamTimeout.TotalSeconds:0} s", RetryAdvice.Backoff));
        }
    }

    /// <summary>Serves the stream beside the caller.</summary>
    public void Serve(Http2Stream stream)
    {
        if (Interlocked.Exchange(ref _isServing, 1) != 0)
        {
            TunnelLog.SecondControlStream(_connection.Log, _connection.Index);
            stream.Reset(Http2ErrorCode.RefusedStream);
            _ = stream.DisposeAsync();
            return;
        }

        _ = ServeAsync(stream);
    }

    /// <summary>Unregisters, and ends the stream.</summary>
    public async ValueTask UnregisterAsync(CancellationToken cancellationToken)
    {
        if (_registered.Task.IsCompletedSuccessfully && !IsUnregistered)
        {
            IsUnregistered = true;
            try
            {
                await Client.UnregisterAsync(cancellationToken);
            }
            finally
            {
                _finished.TrySetResult();
            }
        }
    }

    /// <summary>Fails a registration that has not been decided.</summary>
    public void ConnectionEnded(string reason, Exception? error)
    {
        _opened.TrySetResult();
        SetRefused(new RegistrationRefusedException($"the connection ended first: {reason}", RetryAdvice.Backoff, inner: error));
    }

    private async Task ServeAsync(Http2Stream stream)
    {
        await using (stream)
        {
            EdgeFeatures = FeatureList.Read(stream.Head);
            _opened.TrySetResult();
            var head = new FieldList();
            head.Add(":status"u8, "200");
            head.Add("content-type"u8, "application/octet-stream");
            stream.WriteHead(head);

            _client = new RegistrationClient(stream.Transport, _options.RpcTimeout, _options.TimeProvider);
            var reading = _client.RunAsync();
            var refusal = await RegisterAsync(_client, RegistrationTerms.MakeParameters(_registration, _localAddress, _options.OnConfiguration is not null, stream.Head.Contains(TunnelFields.EngineFeatures)));
            if (refusal is not null)
            {
                SetRefused(refusal);
                await EndAsync(_client);
                await _connection.CloseAsync(RefusedTimeout);
                return;
            }

            await Task.WhenAny(reading, _finished.Task);
            if (IsUnregistered)
            {
                // The disposal resets what the edge has not ended, with NO_ERROR: an edge may wait for that before it closes.
                await _finished.Task;
                return;
            }

            var error = await reading;
            if (error is null)
            {
                await EndAsync(_client);
            }

            if (!_connection.IsOver)
            {
                TunnelLog.ControlStreamEnded(_connection.Log, error, _connection.Index);
            }
        }

        await _connection.CloseAsync(DrainTimeout);
    }

    private static async ValueTask EndAsync(RegistrationClient client)
    {
        try
        {
            await client.CompleteAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // It has ended with the connection.
        }
    }

    /// <summary>Registers; publishes the details, or says why there are none.</summary>
    private async ValueTask<RegistrationRefusedException?> RegisterAsync(RegistrationClient client, RegisterConnectionParameters parameters)
    {
        try
        {
            var results = await client.RegisterAsync(parameters, default);
            if (results.Details is not { } details)
            {
                return new RegistrationRefusedException(results.Cause, RegistrationTerms.Advise(results), results.RetryAfter) { IsAnswer = true };
            }

            _registered.TrySetResult(details);
            return null;
        }
        catch (TimeoutException error)
        {
            return new RegistrationRefusedException($"it did not answer within {_options.RpcTimeout.TotalSeconds:0} s", RetryAdvice.Backoff, inner: error);
        }
        catch (RpcException error)
        {
            // An edge that does not know the call will not learn it.
            var retry = error.Kind == RpcErrorKind.Unimplemented ? RetryAdvice.Never : RetryAdvice.Backoff;
            return new RegistrationRefusedException(error.Message, retry, inner: error) { IsAnswer = true };
        }
        catch (Exception error)
        {
            return new RegistrationRefusedException($"the control stream broke: {error.Message}", RetryAdvice.Backoff, inner: error);
        }
    }

    private async Task RefuseAsync(RegistrationRefusedException error)
    {
        SetRefused(error);
        await _connection.CloseAsync(RefusedTimeout);
    }

    private void SetRefused(RegistrationRefusedException error)
    {
        if (_registered.TrySetException(error))
        {
            _ = _registered.Task.Exception; // Nobody need be waiting.
        }
    }
}

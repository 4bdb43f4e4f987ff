using System.IO.Pipelines;
using System.Security.Cryptography;
using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tunnels.Registration;

/// <summary>The edge's side of the control stream: the connector asks, it answers, one call after the other.</summary>
/// <remarks>
/// Borrows the pipe, and reads until a registered connector has nothing more to say. A slow connector holds up itself only:
/// every answer is flushed before the next message is read. Export 0 is the bootstrap capability, the only one.
/// </remarks>
internal sealed class RegistrationServer(IDuplexPipe pipe, IRegistrationHandler handler)
{
    private const uint Export = 0;

    // A connector bootstraps once or twice in its life.
    private const int MaxUnfinishedBootstraps = 16;

    private readonly RpcWriter _writer = new(pipe.Output);
    private readonly CapnpMessageReader _reader = new(pipe.Input) { MaxSize = MessageLimits.MaxSizeBeforeRegistration };
    private readonly HashSet<uint> _bootstraps = [];
    private bool _registered;

    /// <summary>Serves until the connector says Abort or ends its side.</summary>
    /// <exception cref="MessageFormatException">It sent what is no message.</exception>
    /// <exception cref="IOException">The stream broke, or the connector did what no peer does.</exception>
    public async Task RunAsync()
    {
        while (await _reader.ReadAsync() is { } message)
        {
            var rpc = new RpcMessage(message.Root);
            if (rpc.Kind == RpcMessageKind.Abort)
            {
                return;
            }

            var mayHoldSecret = !_registered;
            await HandleAsync(rpc);
            if (mayHoldSecret)
            {
                CryptographicOperations.ZeroMemory(message.Bytes);
            }
        }
    }

    /// <summary>Ends the edge's side.</summary>
    public ValueTask CompleteAsync() => _writer.CompleteAsync();

    private ValueTask HandleAsync(RpcMessage message)
    {
        switch (message.Kind)
        {
            case RpcMessageKind.Bootstrap:
                return HandleBootstrapAsync(message.QuestionId);
            case RpcMessageKind.Call:
                return HandleCallAsync(message.Call);
            case RpcMessageKind.Finish:
                _bootstraps.Remove(message.QuestionId);
                return default;
            case RpcMessageKind.Release or RpcMessageKind.Return or RpcMessageKind.Unimplemented:
                return default;
            default:
                return _writer.SendAsync(RpcEncoder.Unimplemented(message));
        }
    }

    private ValueTask HandleBootstrapAsync(uint question)
    {
        if (_bootstraps.Count == MaxUnfinishedBootstraps)
        {
            throw new RpcException($"The connector asked for the bootstrap capability {MaxUnfinishedBootstraps} times without taking an answer.");
        }

        _bootstraps.Add(question);
        return _writer.SendAsync(RpcEncoder.ReturnCapability(question, Export));
    }

    private async ValueTask HandleCallAsync(RpcCall call)
    {
        var question = call.QuestionId;
        if (Refuse(call) is { } refusal)
        {
            await _writer.SendAsync(RpcEncoder.ReturnException(question, refusal));
            return;
        }

        // Read before the first await: a view does not outlive its message's wiping.
        var parameters = call.Parameters.Content.AsStruct();
        switch (call.MethodId)
        {
            case RegistrationInterface.RegisterConnection:
                await RegisterAsync(question, RegisterConnectionParameters.Read(parameters));
                break;
            case RegistrationInterface.UpdateLocalConfiguration:
                handler.UpdateLocalConfiguration(UpdateLocalConfigurationParameters.Read(parameters).Json);
                await _writer.SendAsync(RpcEncoder.Return(question, EmptyStruct.Instance));
                break;
            default:
                await _writer.SendAsync(RpcEncoder.Return(question, EmptyStruct.Instance));
                handler.Unregistered();
                break;
        }
    }

    private async ValueTask RegisterAsync(uint question, RegisterConnectionParameters parameters)
    {
        var results = await handler.RegisterAsync(parameters);
        if (results.Details is null)
        {
            await _writer.SendAsync(RpcEncoder.Return(question, results));
            handler.Registered(results);
            return;
        }

        // Whoever routes has the connection before its connector learns of it and says that it is ready.
        _registered = true;
        _reader.MaxSize = MessageLimits.MaxSize;
        await _writer.SendAsync(RpcEncoder.Return(question, results), () => handler.Registered(results));
    }

    /// <summary>Why a call cannot be served, or null when it can.</summary>
    private RpcError? Refuse(RpcCall call)
    {
        var target = call.Target;
        var isKnown = target.IsPromisedAnswer ? target.TransformLength == 0 && _bootstraps.Contains(target.Id) : target.Id == Export;
        if (!isKnown)
        {
            return new RpcError(RpcErrorKind.Failed, "the call addresses a capability that the edge does not offer");
        }

        if (call.InterfaceId != RegistrationInterface.Id || call.MethodId > RegistrationInterface.UpdateLocalConfiguration)
        {
            return new RpcError(RpcErrorKind.Unimplemented, "the edge does not know this method");
        }

        return (call.MethodId == RegistrationInterface.RegisterConnection, _registered) switch
        {
            (true, true) => new RpcError(RpcErrorKind.Failed, "the connection is registered already"),
            (false, false) => new RpcError(RpcErrorKind.Failed, "the connection is not registered"),
            _ => null,
        };
    }
}

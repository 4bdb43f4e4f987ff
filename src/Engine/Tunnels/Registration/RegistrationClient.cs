using System.IO.Pipelines;
using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tunnels.Registration;

/// <summary>The connector's side of the control stream: it asks, the edge answers.</summary>
/// <remarks>
/// Borrows the pipe. <see cref="RunAsync"/> is the one reader; calls come from any thread and continue inline in it.
/// <code>
/// Bootstrap 0, Call 1 registerConnection on the promised answer   one flush, nothing is waited for
///                                         Return 0 (capability), Return 1   in either order
/// Finish 0, Finish 1
/// Call 1 updateLocalConfiguration on the capability ... Finish 1   ids are used again
/// Call 1 unregisterConnection ... Finish 1, Release, Abort, end of stream
/// </code>
/// </remarks>
internal sealed class RegistrationClient(IDuplexPipe pipe, TimeSpan rpcTimeout, TimeProvider time)
{
    private static readonly RpcError Shutdown = new(RpcErrorKind.Failed, "rpc: shutdown");

    private readonly RpcWriter _writer = new(pipe.Output);
    private readonly RpcQuestions _questions = new();
    private RpcQuestion? _bootstrap;
    private uint? _edge;

    /// <summary>Reads the edge's messages until the stream ends.</summary>
    /// <returns>Why it ended: null for an end in good order. Never an exception.</returns>
    public async Task<Exception?> RunAsync()
    {
        Exception? error = null;
        try
        {
            var reader = new CapnpMessageReader(pipe.Input);
            while (await reader.ReadAsync() is { } message)
            {
                var rpc = new RpcMessage(message.Root);
                if (rpc.Kind == RpcMessageKind.Abort)
                {
                    error = new RpcException($"The edge aborted the control stream: {rpc.Error.Reason}", RpcErrorKind.Disconnected);
                    break;
                }

                await HandleAsync(rpc);
            }
        }
        catch (Exception exception) when (exception is IOException or FormatException or OperationCanceledException or InvalidOperationException)
        {
            error = exception;
        }

        _questions.End(error ?? new RpcException("The edge ended the control stream.", RpcErrorKind.Disconnected));
        return error;
    }

    /// <summary>Bootstraps and registers, without waiting between the two.</summary>
    /// <exception cref="RpcException">The edge answered with an exception, or is gone.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async ValueTask<RegisterConnectionResults> RegisterAsync(RegisterConnectionParameters parameters, CancellationToken cancellationToken)
    {
        _bootstrap = _questions.Add();
        var question = _questions.Add();
        var call = RpcEncoder.Call(
            question.Id, RpcTarget.Promised(_bootstrap.Id), RegistrationInterface.Id, RegistrationInterface.RegisterConnection, parameters);
        var answer = await AskAsync(question, RpcEncoder.Bootstrap(_bootstrap.Id), call, cancellationToken);
        var results = RegisterConnectionResults.Read(answer.Results.Content.AsStruct());
        await FinishAsync(question, cancellationToken);
        return results;
    }

    /// <summary>Tells the edge the local configuration.</summary>
    public ValueTask UpdateLocalConfigurationAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        CallAsync(RegistrationInterface.UpdateLocalConfiguration, new UpdateLocalConfigurationParameters(json), cancellationToken);

    /// <summary>Unregisters, and ends the stream in good order whatever the answer.</summary>
    public async ValueTask UnregisterAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(RegistrationInterface.UnregisterConnection, EmptyStruct.Instance, cancellationToken);
        }
        finally
        {
            await EndAsync(cancellationToken);
        }
    }

    /// <summary>Ends the connector's side of the stream without a word: the edge ended its own.</summary>
    public ValueTask CompleteAsync() => _writer.CompleteAsync();

    private async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            var release = _edge is { } edge ? RpcEncoder.Release(edge, 1) : default;
            await _writer.SendAsync(release, RpcEncoder.Abort(Shutdown), cancellationToken);
            await _writer.CompleteAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The stream is gone already, which is what was wanted.
        }
    }

    private async ValueTask CallAsync(ushort method, IRpcStruct parameters, CancellationToken cancellationToken)
    {
        var question = _questions.Add();
        var target = _edge is { } edge ? RpcTarget.Imported(edge)
            : _bootstrap is not null ? RpcTarget.Promised(_bootstrap.Id)
            : throw new InvalidOperationException("The connection was never registered.");
        var call = RpcEncoder.Call(question.Id, target, RegistrationInterface.Id, method, parameters);
        await AskAsync(question, call, default, cancellationToken);
        await FinishAsync(question, cancellationToken);
    }

    private async ValueTask<RpcReturn> AskAsync(RpcQuestion question, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellationToken)
    {
        // One limit for sending and for waiting, from before the first octet leaves.
        using var limit = new CancellationTokenSource(rpcTimeout, time);
        using var forward = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        try
        {
            await _writer.SendAsync(first, second, limit.Token);
            var answer = (await question.Answer.WaitAsync(limit.Token)).Return;
            return answer.Kind switch
            {
                RpcReturnKind.Results => answer,
                RpcReturnKind.Exception => throw new RpcException($"The edge answered: {answer.Error.Reason}", answer.Error.Kind),
                _ => throw new RpcException($"The edge gave an answer of kind {answer.Kind}."),
            };
        }
        catch (OperationCanceledException error)
        {
            await AbandonAsync(question);
            cancellationToken.ThrowIfCancellationRequested();
            if (limit.IsCancellationRequested && error is not ConnectionAbortedException)
            {
                throw new TimeoutException($"The edge did not answer within {rpcTimeout.TotalSeconds:0.###} s.", error);
            }

            throw;
        }
        catch (RpcException error) when (error.Kind != RpcErrorKind.Disconnected)
        {
            await FinishAsync(question, cancellationToken);
            throw;
        }
    }

    /// <summary>Tells the edge that nobody waits for the answer. The id stays taken until the answer comes.</summary>
    private async ValueTask AbandonAsync(RpcQuestion question)
    {
        if (!_questions.Abandon(question))
        {
            _questions.Remove(question);
        }

        try
        {
            await _writer.SendAsync(RpcEncoder.Finish(question.Id, releaseResults: true)).AsTask().WaitAsync(rpcTimeout, time);
        }
        catch (Exception error) when (error is IOException or TimeoutException or OperationCanceledException)
        {
            // The caller is told of the first failure.
        }
    }

    private async ValueTask FinishAsync(RpcQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            await _writer.SendAsync(RpcEncoder.Finish(question.Id, releaseResults: false), cancellationToken);
        }
        catch (Exception error) when (error is IOException or ConnectionAbortedException)
        {
            // The answer is here; an edge that hung up after it needs no Finish, and the next call finds out.
        }

        // Only now, so that no other question takes the id before the edge hears that it is free.
        _questions.Remove(question);
    }

    private ValueTask HandleAsync(RpcMessage message) => message.Kind switch
    {
        RpcMessageKind.Return => HandleReturnAsync(message),
        // The connector exports nothing that could be called.
        RpcMessageKind.Bootstrap or RpcMessageKind.Call => _writer.SendAsync(
            RpcEncoder.ReturnException(message.QuestionId, new RpcError(RpcErrorKind.Unimplemented, "a connector offers no interface here"))),
        RpcMessageKind.Unimplemented => HandleUnimplemented(message.Rejected),
        RpcMessageKind.Finish or RpcMessageKind.Release => default,
        _ => _writer.SendAsync(RpcEncoder.Unimplemented(message)),
    };

    private async ValueTask HandleReturnAsync(RpcMessage message)
    {
        var question = _questions.Find(message.QuestionId)
            ?? throw new RpcException($"The edge answered question {message.QuestionId}, which was not asked.");
        if (question == _bootstrap && _edge is null)
        {
            _edge = ReadBootstrap(message.Return);
            await FinishAsync(question, default);
        }
        else if (question.IsAbandoned)
        {
            _questions.Remove(question);
        }
        else
        {
            question.SetAnswer(message);
        }
    }

    private static uint ReadBootstrap(RpcReturn answer) => answer switch
    {
        { Kind: RpcReturnKind.Exception } => throw new RpcException($"The edge offers no registration: {answer.Error.Reason}", answer.Error.Kind),
        { Kind: RpcReturnKind.Results, Results.Capability: { Kind: RpcCapabilityKind.SenderHosted or RpcCapabilityKind.SenderPromise } edge } => edge.Id,
        _ => throw new RpcException("The edge answered the bootstrap with something that is no capability."),
    };

    private ValueTask HandleUnimplemented(RpcMessage rejected)
    {
        if (rejected.Kind is RpcMessageKind.Bootstrap or RpcMessageKind.Call)
        {
            _questions.Find(rejected.QuestionId)?.SetException(new RpcException("The edge does not know the call.", RpcErrorKind.Unimplemented));
        }

        return default;
    }
}

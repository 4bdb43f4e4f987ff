namespace Engine.Tunnels.Registration.Rpc;

/// <summary>The questions of one side that are not done with: their ids are used again, the one freed last first, as the reference does.</summary>
/// <remarks>Thread-safe. Answers are handed over outside the lock.</remarks>
internal sealed class RpcQuestions
{
    // The control stream never needs more than two at once.
    private const int Max = 16;

    private readonly Lock _lock = new();
    private readonly RpcQuestion?[] _questions = new RpcQuestion?[Max];
    private readonly Stack<uint> _free = new();
    private uint _next;
    private Exception? _ended;

    /// <summary>Takes an id.</summary>
    /// <exception cref="RpcException">The stream has ended, or too many questions are open.</exception>
    public RpcQuestion Add()
    {
        lock (_lock)
        {
            if (_ended is not null)
            {
                throw new RpcException(_ended.Message, RpcErrorKind.Disconnected, _ended);
            }

            if (!_free.TryPop(out var id) && (id = _next++) >= Max)
            {
                _next = Max;
                throw new RpcException($"{Max} calls wait for the peer's answers already.", RpcErrorKind.Overloaded);
            }

            return _questions[id] = new RpcQuestion(id);
        }
    }

    /// <summary>The open question of an id, or null.</summary>
    public RpcQuestion? Find(uint id)
    {
        lock (_lock)
        {
            return id < Max ? _questions[id] : null;
        }
    }

    /// <summary>Gives an id back: its Return came and its Finish was sent.</summary>
    public void Remove(RpcQuestion question)
    {
        lock (_lock)
        {
            if (_questions[question.Id] == question)
            {
                _questions[question.Id] = null;
                _free.Push(question.Id);
            }
        }
    }

    /// <summary>Gives up waiting.</summary>
    /// <returns>Whether the Return is still to come, which will give the id back.</returns>
    public bool Abandon(RpcQuestion question)
    {
        lock (_lock)
        {
            question.IsAbandoned = !question.Answer.IsCompleted;
            return question.IsAbandoned;
        }
    }

    /// <summary>Fails all that wait, and all that come.</summary>
    public void End(Exception error)
    {
        lock (_lock)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = error;
        }

        foreach (var question in _questions)
        {
            question?.SetException(new RpcException(error.Message, RpcErrorKind.Disconnected, error));
        }
    }
}

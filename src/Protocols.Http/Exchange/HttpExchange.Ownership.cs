using Engine.Protocols.Http.Pooling;
using Engine.Tunnels;

namespace Engine.Protocols.Http.Exchange;

/// <content>Who may cut the connection, and until when.</content>
internal sealed partial class HttpExchange
{
    private void Fail(StreamFailure failure)
    {
        if (!_isVisitorGone)
        {
            _tunnel.Fail(failure);
        }
    }

    private void OnVisitorGone()
    {
        OriginConnection? connection;
        lock (_gate)
        {
            _isVisitorGone = true;
            connection = _connection;
        }

        connection?.Abort("The visitor has left.");
    }

    private void OnHeadOverdue()
    {
        OriginConnection? connection;
        lock (_gate)
        {
            connection = _connection;
            _isHeadOverdue = connection is not null;
        }

        connection?.Abort("The origin began no answer in time.");
    }

    /// <summary>Makes the connection the one that a leaving visitor cuts; false if he has left.</summary>
    private bool Own(OriginConnection connection)
    {
        lock (_gate)
        {
            _connection = _isVisitorGone ? null : connection;
            return !_isVisitorGone;
        }
    }

    /// <summary>From here on no one cuts the connection; false if someone did, or is about to.</summary>
    private bool Disown()
    {
        lock (_gate)
        {
            _connection = null;
            return !_isVisitorGone && !_isHeadOverdue;
        }
    }
}
